import { MillraceError, operator, Permanent, type Context, type Duration } from "@millrace/core";
import { TARGET_PROPERTIES, targetOf, type TargetOptions } from "../kafka-settings.ts";
import { openKafka, type KafkaClient } from "../open-kafka.ts";
import { findTopics } from "../topics/find-topics.ts";
import { committedOf, endsOf } from "./group-offsets.ts";

/** Options of {@link kafkaLag}. */
export interface KafkaLagOptions extends TargetOptions {
  readonly group: string;
  /** Default those that the group has committed something of. */
  readonly topics?: readonly string[];
  /** Fail when the group is further behind than so many messages, all partitions together. Default: never. */
  readonly limit?: number;
  /** Of each question to the cluster, all its tries together. Default `30s`. */
  readonly timeout?: Duration;
}

/** How far a group is behind in a partition. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** The next message that it wants; null when it has committed nothing here. */
  readonly committed: number | null;
  /** The offset that the next message will get. */
  readonly end: number;
  /** Messages that it has still to read. */
  readonly lag: number;
}

/** What {@link kafkaLag} returns. */
export interface GroupLag {
  readonly group: string;
  /** All partitions together. */
  readonly lag: number;
  readonly partitions: readonly PartitionLag[];
}

/**
 * Says how far a consumer group is behind. It only looks.
 *
 * @throws MillraceError TASK_FAILED above `limit`, naming the partition that is furthest behind; Permanent for a topic that is not there
 * @example kafkaLag({ connection: "kafka", group: "billing", topics: ["orders"], limit: 10_000 })
 */
export const kafkaLag = operator({
  name: "KafkaLagOperator",
  color: "#ffe0b2",
  doc: [
    "Says how far a consumer group is behind, by topic and partition. Where the group has committed nothing, all messages that are there count.",
    "",
    "**Result**: `{ group, lag, partitions: [{ topic, partition, committed, end, lag }] }`. **Fails** with `TASK_FAILED` above `limit`, naming the partition that is",
    "furthest behind; without another try for a topic that is not there. It only looks.",
  ].join("\n"),
  templated: ["servers", "group", "topics"],
  schema: {
    type: "object",
    required: ["group"],
    additionalProperties: false,
    properties: {
      ...TARGET_PROPERTIES,
      group: { type: "string", minLength: 1, description: "The consumer group." },
      topics: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "Default those that the group has committed something of.",
      },
      limit: {
        type: "integer",
        minimum: 0,
        description: "Fail when it is further behind than so many messages, all partitions together. Default: never.",
      },
      timeout: {
        type: "string",
        default: "30s",
        description: "Of each question to the cluster, all its tries together.",
      },
    },
  },
  run: async (options: KafkaLagOptions, ctx: Context): Promise<GroupLag> => {
    const { group, limit = Number.POSITIVE_INFINITY, timeout } = options;
    await using kafka = await openKafka(targetOf(options), { ctx, ...(timeout !== undefined && { timeout }) });
    const partitions = await lagsOf(kafka, options);
    const lag = partitions.reduce((sum, partition) => sum + partition.lag, 0);
    ctx.log.info("consumer lag", { group, lag, partitions });
    if (lag <= limit) return { group, lag, partitions };
    const worst = partitions.toSorted((a, b) => b.lag - a.lag)[0];
    const where = worst && `; furthest in ${worst.topic}/${worst.partition} with ${worst.lag}`;
    throw new MillraceError("TASK_FAILED", `the group ${group} is ${lag} messages behind, more than ${limit}${where}`);
  },
});

async function lagsOf(kafka: KafkaClient, { group, topics }: KafkaLagOptions): Promise<readonly PartitionLag[]> {
  const committed = await committedOf(kafka, group, topics);
  const names = topics ?? [...new Set(committed.map(({ topic }) => topic))].sort();
  const found = await findTopics(kafka, names);
  const lags: PartitionLag[] = [];
  for (const topic of names) {
    const there = found.get(topic);
    if (there === undefined) throw new Permanent(`Kafka at ${kafka.settings.servers} has no topic ${topic}`);
    const ends = await endsOf(kafka, topic, there.partitions);
    lags.push(
      ...ends.map(({ first, end }, partition) => {
        const at = committed.find((entry) => entry.topic === topic && entry.partition === partition)?.offset;
        // What the topic has deleted meanwhile can no longer be read.
        const from = at === undefined || at < first ? first : at;
        return {
          topic,
          partition,
          committed: at === undefined ? null : Number(at),
          end: Number(end),
          lag: Number(end > from ? end - from : 0n),
        };
      }),
    );
  }
  return lags;
}
