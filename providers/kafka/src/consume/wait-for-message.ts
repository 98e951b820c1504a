import { MillraceError, operator, Permanent, type Context, type Duration } from "@millrace/core";
import { TARGET_PROPERTIES, targetOf, type TargetOptions } from "../kafka-settings.ts";
import { openKafka, type KafkaClient } from "../open-kafka.ts";
import { findTopics } from "../topics/find-topics.ts";
import { commitOffsets } from "./commit-offsets.ts";
import { committedOf, endsOf, type Committed } from "./group-offsets.ts";
import type { ReadMessage } from "./read-message.ts";
import { readRange } from "./read-range.ts";

/** Options of {@link waitForMessage}. */
export interface WaitForMessageOptions extends TargetOptions {
  readonly topic: string;
  /** Whose committed offsets say what was seen already. It belongs to this task alone; nobody may be a member of it. */
  readonly group: string;
  /** A regular expression that the value must match somewhere. Default every message. */
  readonly pattern?: string;
  /** Instead of a pattern, a function that says whether this is the message. */
  readonly where?: (message: ReadMessage) => boolean | Promise<boolean>;
  /** Where a group begins that has committed nothing: at what the topic still has, or at what comes from now on (default). */
  readonly from?: "earliest" | "latest";
  /** Of each question to the cluster, all its tries together. Default `30s`. */
  readonly timeout?: Duration;
}

/** What is noted beside an offset: who found which message just before it. */
interface Claim {
  readonly by: string;
  readonly offset: number;
}

/**
 * Waits for a message of a topic. A sensor: `mode: "defer"` or `"reschedule"` holds no slot between looks.
 *
 * A look reads from the group's committed offsets to the end of the topic, partition by partition. Messages that do not match are passed for good. The first
 * that does is the result; before it returns, the group is committed behind it, with a note that this task instance has found it. So every message is found
 * once, and a retry or another look of the same instance finds the same message again, until another instance has looked further in that partition.
 *
 * @throws Permanent for a topic that is not there or a pattern that is none; MillraceError UNREACHABLE, TIMEOUT, and what `where` throws
 * @example waitForMessage({ connection: "kafka", topic: "exports", group: "wait-for-export", pattern: '"done":true' })
 */
export const waitForMessage = operator({
  name: "KafkaMessageSensor",
  color: "#ffd7a8",
  doc: [
    "Waits for a message of a topic whose value matches a pattern, or that a function takes. A look reads from the group's committed offsets to the end of the",
    "topic, partition by partition; messages that do not match are passed for good.",
    "",
    "**Result**: `{ topic, partition, offset, timestamp, key, value, headers }`. **Once**: before it returns, the group is committed behind the message, with a note",
    "that this task instance has found it. So the next run waits for another message, and a retry finds the same one again, until another instance has",
    "looked further in that partition. The group belongs to this task alone. **Fails** without another try for a topic that is not there or a pattern that is none.",
  ].join("\n"),
  kind: "sensor",
  templated: ["servers", "topic", "group", "pattern"],
  schema: {
    type: "object",
    required: ["topic", "group"],
    additionalProperties: false,
    properties: {
      ...TARGET_PROPERTIES,
      topic: { type: "string", minLength: 1, description: "The topic." },
      group: {
        type: "string",
        minLength: 1,
        description:
          "Whose committed offsets say what was seen already. It belongs to this task alone; nobody may be a member of it.",
      },
      pattern: { type: "string", description: "A regular expression that the value must match somewhere." },
      where: { description: "Instead of a pattern, a function of the message that says whether this is the one." },
      from: {
        enum: ["earliest", "latest"],
        default: "latest",
        description:
          "Where a group begins that has committed nothing: at what the topic still has, or at what comes from now on.",
      },
      timeout: {
        type: "string",
        default: "30s",
        description: "Of each question to the cluster, all its tries together.",
      },
    },
  },
  run: async (options: WaitForMessageOptions, ctx: Context): Promise<ReadMessage | false> => {
    const { topic, group, timeout } = options;
    const matches = matcherOf(options);
    await using kafka = await openKafka(targetOf(options), { ctx, ...(timeout !== undefined && { timeout }) });
    const reader = kafka.consumer({ groupId: group, retries: 0 });
    const by = `${ctx.dagId}/${ctx.runId}/${ctx.taskId}/${ctx.mapIndex}`;
    const stretches = await stretchesOf(kafka, options);
    for (const { partition, from, claim } of stretches) {
      if (claim?.by !== by) continue;
      const range = { topic, partition, from: BigInt(claim.offset), to: from };
      for await (const message of readRange(kafka, reader, range)) {
        ctx.log.info("this task instance has found this message before", { topic, partition, offset: message.offset });
        return message;
      }
    }
    // Also what is new is noted: a group that begins at the end of the topic must not begin at a later end with its next look.
    const passed: Committed[] = [];
    for (const { partition, from, to, isNew } of stretches) {
      let seen = from;
      for await (const message of readRange(kafka, reader, { topic, partition, from, to })) {
        if (!(await matches(message))) {
          seen = BigInt(message.offset) + 1n;
          continue;
        }
        const note = JSON.stringify({ by, offset: message.offset } satisfies Claim);
        await commitOffsets(kafka, group, [...passed, { topic, partition, offset: BigInt(message.offset) + 1n, note }]);
        ctx.log.info("message found", { topic, partition, offset: message.offset });
        return message;
      }
      if (isNew || seen > from) passed.push({ topic, partition, offset: seen, note: "" });
    }
    await commitOffsets(kafka, group, passed);
    return false;
  },
});

interface Stretch {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  /** The group has committed nothing here. */
  readonly isNew: boolean;
  readonly claim?: Claim;
}

/** What a look has to read. */
async function stretchesOf(
  kafka: KafkaClient,
  { topic, group, from = "latest" }: WaitForMessageOptions,
): Promise<readonly Stretch[]> {
  const found = (await findTopics(kafka, [topic])).get(topic);
  if (found === undefined)
    throw new Permanent(
      `Kafka at ${kafka.settings.servers} has no topic ${topic}: create it, for example with kafkaTopics`,
    );
  const committed = await committedOf(kafka, group, [topic]);
  const ends = await endsOf(kafka, topic, found.partitions);
  return ends.map(({ first, end }, partition) => {
    const entry = committed.find((one) => one.partition === partition);
    const begin = entry?.offset ?? (from === "earliest" ? first : end);
    const claim = entry && claimOf(entry.note);
    return {
      partition,
      from: begin < first ? first : begin,
      to: end,
      isNew: entry === undefined,
      ...(claim && { claim }),
    };
  });
}

function claimOf(note: string): Claim | undefined {
  if (!note.startsWith("{")) return undefined;
  try {
    const { by, offset } = JSON.parse(note) as Partial<Claim>;
    return by !== undefined && offset !== undefined ? { by, offset } : undefined;
  } catch {
    // Notes of other programs may look like anything.
    return undefined;
  }
}

function matcherOf({ pattern, where }: WaitForMessageOptions): (message: ReadMessage) => boolean | Promise<boolean> {
  if (pattern !== undefined && where !== undefined)
    throw new MillraceError("BAD_ARGUMENT", "name either a pattern or a function where");
  if (where !== undefined) return where;
  if (pattern === undefined) return () => true;
  try {
    const expression = new RegExp(pattern, "su");
    return ({ value }) => value !== null && expression.test(value);
  } catch (error) {
    throw Object.assign(new Permanent(`the pattern ${pattern} is none: ${(error as Error).message}`), { cause: error });
  }
}
