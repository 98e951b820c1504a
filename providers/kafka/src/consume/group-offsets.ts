import { answerName } from "../kafka-error.ts";
import type { KafkaClient } from "../open-kafka.ts";

const EARLIEST = -2n;
const LATEST = -1n;

/** How far a group is in a partition. */
export interface Committed {
  readonly topic: string;
  readonly partition: number;
  /** The next message that it wants. */
  readonly offset: bigint;
  /** What was noted beside it; empty for nothing. */
  readonly note: string;
}

/** The first offset of a partition, and the one that its next message will get. */
export interface Ends {
  readonly first: bigint;
  readonly end: bigint;
}

/** What a group has committed. @param topics only these; default all. @returns [] for a group that nobody knows */
export async function committedOf(
  kafka: KafkaClient,
  group: string,
  topics?: readonly string[],
): Promise<readonly Committed[]> {
  return await kafka.ask(`say how far the group ${group} is`, async () => {
    try {
      const groups = await kafka.admin().listConsumerGroupOffsets({ groups: [group] });
      return groups.flatMap((found) =>
        found.topics.flatMap(({ name, partitions }) =>
          topics === undefined || topics.includes(name)
            ? partitions
                .filter(({ committedOffset }) => committedOffset >= 0n)
                .map(({ partitionIndex, committedOffset, metadata }) => ({
                  topic: name,
                  partition: partitionIndex,
                  offset: committedOffset,
                  note: metadata ?? "",
                }))
            : [],
        ),
      );
    } catch (error) {
      if (answerName(error) === "GROUP_ID_NOT_FOUND") return [];
      throw error;
    }
  });
}

/** Where the partitions of a topic begin and end. @param partitions how many it has. @returns by partition */
export async function endsOf(kafka: KafkaClient, topic: string, partitions: number): Promise<readonly Ends[]> {
  const ask = async (timestamp: bigint): Promise<readonly bigint[]> => {
    const wanted = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
    const [found] = await kafka.admin().listOffsets({ topics: [{ name: topic, partitions: wanted }] });
    const offsets = new Map(found?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
    return wanted.map(({ partitionIndex }) => offsets.get(partitionIndex) ?? 0n);
  };
  return await kafka.ask(`say where the topic ${topic} begins and ends`, async () => {
    const first = await ask(EARLIEST);
    const end = await ask(LATEST);
    return first.map((offset, partition) => ({ first: offset, end: end[partition] ?? offset }));
  });
}
