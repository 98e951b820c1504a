import { operator, Permanent, type Context, type Duration } from "@millrace/core";
import { messageOf } from "../consume/read-message.ts";
import { TARGET_PROPERTIES, targetOf, type TargetOptions } from "../kafka-settings.ts";
import { openKafka, type KafkaClient } from "../open-kafka.ts";
import { produceMessages } from "../produce/produce-messages.ts";
import { findTopics } from "../topics/find-topics.ts";
import { beginAtEnd, followTopic, type FollowEnd, type HandleBatch, type RawMessage } from "./follow-topic.ts";
import { startRun, type RunRequest } from "./run-of-message.ts";

const MOST_LOGGED = 20;

/** Options of {@link startRunsFromTopic}. */
export interface StartRunsOptions extends TargetOptions, RunRequest {
  readonly topic: string;
  /** The consumer group; several tasks may share one. */
  readonly group: string;
  /** Where a group begins that has committed nothing: at what the topic still has (default), or at what comes from now on. */
  readonly from?: "earliest" | "latest";
  /** A message that makes no conf that the DAG takes: fail (default), leave it out, or write it to another topic. */
  readonly onBadMessage?: "fail" | "skip" | { readonly deadLetterTopic: string };
  /** So many runs are started at once, and their offsets committed together. Default 50. */
  readonly batchSize?: number;
  /** End after so many messages. Default 10 000. */
  readonly maxMessages?: number;
  /** End after so long. Default `5m`. */
  readonly maxTime?: Duration;
  /** End when nothing has come for so long. Default never. */
  readonly idle?: Duration;
  /** A worker that is silent for so long is dead, and another one takes over. Default `15s`. */
  readonly sessionTimeout?: Duration;
  /** Of each question to the cluster, all its tries together. Default `30s`. */
  readonly timeout?: Duration;
}

/** What {@link startRunsFromTopic} returns. */
export interface StartedRuns {
  readonly started: number;
  /** Messages whose run was there already: they were read before, and their offsets were not committed any more. */
  readonly known: number;
  readonly skipped: number;
  readonly deadLettered: number;
  readonly ended: FollowEnd;
}

/**
 * Starts a run of a DAG for each message of a topic. It ends after some time or number of messages; in a DAG with `schedule: continuous()` it starts again.
 *
 * Once: the run of a message has the id `kafka__<topic>__<partition>__<offset>`, and the offset is committed after the run is durable. Whatever dies between
 * the two, the message is read again and its run is found.
 *
 * @throws Permanent without such a topic or DAG, or for a bad message with `onBadMessage: "fail"`; MillraceError UNREACHABLE, TIMEOUT
 * @example startRunsFromTopic({ connection: "kafka", topic: "orders", group: "millrace-orders", dagId: "handle_order" })
 */
export const startRunsFromTopic = operator({
  name: "KafkaStartRunsOperator",
  color: "#ffefeb",
  doc: [
    "Starts a run of a DAG for each message of a topic. The conf of the run is the value of the message (an object of JSON), or what the function `conf` makes of",
    "it. It ends after `maxTime` or `maxMessages`, or when nothing has come for `idle`; in a DAG with `schedule: continuous()` it starts again.",
    "",
    "**Once**: the run of a message has the id `kafka__<topic>__<partition>__<offset>`, and the offset is committed only after the run is durable. Whatever dies",
    "between the two, the message is read again and its run is found. A topic that is deleted and made again counts from 0: then choose another `prefix`.",
    "",
    "**Result**: `{ started, known, skipped, deadLettered, ended }`. **Bad messages** (no object of JSON, or the params of the DAG do not take it) fail the task",
    'without another try and stay where they are, are left out (`"skip"`), or are written to `deadLetterTopic` with their reason in the header `millrace.error`;',
    "a crash may write one there twice. **Fails** without another try without such a topic or DAG; with `UNREACHABLE` or `TIMEOUT` without the cluster.",
  ].join("\n"),
  otherDag: { option: "dagId", does: "triggers" },
  templated: ["servers", "topic", "group", "dagId"],
  schema: {
    type: "object",
    required: ["topic", "group", "dagId"],
    additionalProperties: false,
    properties: {
      ...TARGET_PROPERTIES,
      topic: { type: "string", minLength: 1, description: "The topic." },
      group: { type: "string", minLength: 1, description: "The consumer group; several tasks may share one." },
      dagId: { type: "string", minLength: 1, description: "The DAG of which a run is started." },
      conf: {
        description: "A function of the message that makes the conf of its run. Default: the value, an object of JSON.",
      },
      prefix: { type: "string", minLength: 1, default: "kafka", description: "How run ids begin." },
      from: {
        enum: ["earliest", "latest"],
        default: "earliest",
        description:
          "Where a group begins that has committed nothing: at what the topic still has, or at what comes from now on.",
      },
      onBadMessage: {
        anyOf: [
          { enum: ["fail", "skip"] },
          {
            type: "object",
            required: ["deadLetterTopic"],
            additionalProperties: false,
            properties: { deadLetterTopic: { type: "string", minLength: 1 } },
          },
        ],
        default: "fail",
        description:
          "A message that makes no conf that the DAG takes: fail, leave it out, or write it to another topic.",
      },
      batchSize: {
        type: "integer",
        minimum: 1,
        maximum: 1_000,
        default: 50,
        description: "So many runs are started at once, and their offsets committed together.",
      },
      maxMessages: { type: "integer", minimum: 1, default: 10_000, description: "End after so many messages." },
      maxTime: { type: "string", default: "5m", description: "End after so long." },
      idle: { type: "string", description: "End when nothing has come for so long. Default never." },
      sessionTimeout: {
        type: "string",
        default: "15s",
        description: "A worker that is silent for so long is dead, and another one takes over.",
      },
      timeout: {
        type: "string",
        default: "30s",
        description: "Of each question to the cluster, all its tries together.",
      },
    },
  },
  run: async (options: StartRunsOptions, ctx: Context): Promise<StartedRuns> => {
    const { topic, group, from = "earliest", timeout } = options;
    await using kafka = await openKafka(targetOf(options), { ctx, ...(timeout !== undefined && { timeout }) });
    const found = (await findTopics(kafka, [topic])).get(topic);
    if (found === undefined)
      throw new Permanent(
        `Kafka at ${kafka.settings.servers} has no topic ${topic}: create it, for example with kafkaTopics`,
      );
    if (from === "latest") await beginAtEnd(kafka, { topic, group, partitions: found.partitions });
    const counts = { started: 0, known: 0, skipped: 0, deadLettered: 0 };
    const ended = await followTopic(kafka, {
      topic,
      group,
      batchSize: options.batchSize ?? 50,
      maxMessages: options.maxMessages ?? 10_000,
      maxTime: options.maxTime ?? "5m",
      sessionTimeout: options.sessionTimeout ?? "15s",
      ...(options.idle !== undefined && { idle: options.idle }),
      ctx,
      handle: startRuns(kafka, { options, counts, ctx }),
    });
    ctx.log.info("runs started", { topic, group, ...counts, ended });
    return { ...counts, ended };
  },
});

type Counts = { -readonly [K in Exclude<keyof StartedRuns, "ended">]: StartedRuns[K] };

interface Starting {
  readonly options: StartRunsOptions;
  readonly counts: Counts;
  readonly ctx: Context;
}

/** Starts the runs of a batch together. Of each partition, what comes before the first failure is done with. */
function startRuns(kafka: KafkaClient, starting: Starting): HandleBatch {
  return async (batch) => {
    const { options, counts, ctx } = starting;
    const results = await Promise.allSettled(batch.map(async (raw) => await startRun(readOf(raw), options, ctx)));
    const done: RawMessage[] = [];
    const stuck = new Set<number>();
    let failure: Error | undefined;
    for (const [index, raw] of batch.entries()) {
      if (stuck.has(raw.partition)) continue;
      const result = results[index];
      try {
        if (result?.status === "rejected") throw result.reason as Error;
        if (result?.value.kind === "bad") await meetBad(kafka, raw, { ...starting, reason: result.value.reason });
        else if (result !== undefined) counts[result.value.kind] += 1;
        done.push(raw);
      } catch (error) {
        stuck.add(raw.partition);
        failure ??= error as Error;
      }
    }
    return { done, ...(failure && { failure }) };
  };
}

async function meetBad(
  kafka: KafkaClient,
  raw: RawMessage,
  { options, counts, ctx, reason }: Starting & { readonly reason: string },
): Promise<void> {
  const { onBadMessage = "fail", dagId } = options;
  const what = `${raw.topic}/${raw.partition} offset ${raw.offset} starts no run of ${dagId}: ${reason}`;
  if (onBadMessage === "fail") throw new Permanent(`${what} (onBadMessage)`);
  if (counts.skipped + counts.deadLettered < MOST_LOGGED) ctx.log.warn("bad message", { reason: what });
  if (onBadMessage === "skip") {
    counts.skipped += 1;
    return;
  }
  const headers = {
    ...Object.fromEntries([...raw.headers].map(([name, text]) => [name.toString(), text])),
    "millrace.error": reason,
    "millrace.topic": raw.topic,
    "millrace.partition": String(raw.partition),
    "millrace.offset": String(raw.offset),
  };
  const letter = { key: raw.key, value: raw.value, headers };
  await produceMessages(kafka, [letter], { topic: onBadMessage.deadLetterTopic, linger: "10ms", ctx });
  counts.deadLettered += 1;
}

function readOf(raw: RawMessage): ReturnType<typeof messageOf> {
  return messageOf({ ...raw, headers: raw.headerEntries });
}
