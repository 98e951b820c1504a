import type { KafkaClient } from "@millrace/provider-kafka";
import type { Positions } from "./event-log.ts";

/** What a resource of the administration is, as Kafka's protocol has it. */
const TOPIC_RESOURCE = 2 as const;
const DEFAULT_MAX_MESSAGE_BYTES = 1_048_576;

/** The names of all topics, in no order. */
export async function listTopics(kafka: KafkaClient): Promise<readonly string[]> {
  return await kafka.ask("list its topics", () => kafka.admin().listTopics({}));
}

/** Creates a topic with one partition and these settings; one that is there keeps its own. */
export async function createTopic(
  kafka: KafkaClient,
  topic: string,
  configs: Readonly<Record<string, string>>,
): Promise<"created" | "exists"> {
  if ((await listTopics(kafka)).includes(topic)) return "exists";
  const wanted = Object.entries(configs).map(([name, value]) => ({ name, value }));
  try {
    const made = { topics: [topic], partitions: 1, replicas: 1, configs: wanted };
    await kafka.ask(`create the topic ${topic}`, () => kafka.admin().createTopics(made));
    return "created";
  } catch (error) {
    // Somebody else was faster, or an earlier try whose answer was lost.
    if ((await listTopics(kafka)).includes(topic)) return "exists";
    throw error;
  }
}

/** `max.message.bytes` of a topic. */
export async function maxMessageBytesOf(kafka: KafkaClient, topic: string): Promise<number> {
  const asked = { resourceType: TOPIC_RESOURCE, resourceName: topic, configurationKeys: ["max.message.bytes"] };
  const found = await kafka.ask(`describe the topic ${topic}`, () =>
    kafka.admin().describeConfigs({ resources: [asked], includeSynonyms: false, includeDocumentation: false }),
  );
  const value = found[0]?.configs.find(({ name }) => name === "max.message.bytes")?.value;
  return Number(value ?? DEFAULT_MAX_MESSAGE_BYTES);
}

/** What a group has saved of a topic. */
export async function findPositions(kafka: KafkaClient, groupId: string, topic: string): Promise<Positions> {
  const asked = { groups: [{ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }] };
  const groups = await kafka.ask(`read positions of ${groupId}`, () => kafka.admin().listConsumerGroupOffsets(asked));
  const found = groups[0]?.topics.find(({ name }) => name === topic)?.partitions ?? [];
  return Object.fromEntries(
    found.flatMap(({ partitionIndex, committedOffset }) =>
      committedOffset < 0n ? [] : [[partitionIndex, Number(committedOffset)]],
    ),
  );
}

/** Saves what a group has read of a topic. The group must have no members. */
export async function savePositions(
  kafka: KafkaClient,
  groupId: string,
  { topic, positions }: { readonly topic: string; readonly positions: Positions },
): Promise<void> {
  const partitionOffsets = Object.entries(positions).map(([partition, offset]) => ({
    partition: Number(partition),
    offset: BigInt(offset),
  }));
  const wanted = { groupId, topics: [{ name: topic, partitionOffsets }] };
  await kafka.ask(`save positions of ${groupId}`, () => kafka.admin().alterConsumerGroupOffsets(wanted));
}
