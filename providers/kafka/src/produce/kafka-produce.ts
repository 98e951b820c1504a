import { MillraceError, operator, type Context, type Duration } from "@millrace/core";
import { TARGET_PROPERTIES, targetOf, type TargetOptions } from "../kafka-settings.ts";
import { openKafka } from "../open-kafka.ts";
import { produceMessages, type MessageSource, type ProducedMessages, type ProduceOptions } from "./produce-messages.ts";
import { readLines } from "./read-lines.ts";

/** Options of {@link kafkaProduce}. */
export interface KafkaProduceOptions extends TargetOptions, ProduceOptions {
  /** What is written: a list, something that is walked once, or a function that makes it. Or else `file`. */
  readonly messages?: MessageSource | ((ctx: Context) => MessageSource | Promise<MessageSource>);
  /** A file with an object of JSON in each line, which is the value as it stands. */
  readonly file?: string;
  /** The field of the objects in `file` that is their key. Default no key. */
  readonly keyField?: string;
  /** Of each request to the cluster, all its tries together. Default `30s`. */
  readonly timeout?: Duration;
}

/**
 * Writes messages to a topic, in their order within each partition.
 *
 * At least once: a retry writes all of them again. Give them keys, so that who reads them can tell.
 *
 * @returns how many were written, by topic and partition.
 * @throws Permanent for a topic that is not there, a message that cannot be written, a login that is refused; MillraceError UNREACHABLE, TIMEOUT
 * @example kafkaProduce({ connection: "kafka", topic: "orders", file: "/data/{{ ds }}.jsonl", keyField: "id" })
 */
export const kafkaProduce = operator({
  name: "KafkaProduceOperator",
  color: "#c8e6c9",
  doc: [
    "Writes messages to a topic: from a list, from a function that returns something to walk (also an async generator), or from a file with an object of JSON in",
    "each line. They are gathered into batches by partition, compressed, and never held in memory beyond those on their way; their order within a partition is",
    "kept. A key goes into the same partition as with Java's clients.",
    "",
    "**Result**: `{ sent, skipped, partitions }`, the last as topic → partition → how many. **At least once**: with `idempotent` the cluster drops what a",
    "repeated request would write twice, but a retry of the task writes all of them again. **Fails** without another try for a topic that is not there, a message",
    "that cannot be written (see `onBadMessage`) or a refused login; with `UNREACHABLE` or `TIMEOUT` after `timeout` without the cluster. Then some are written.",
  ].join("\n"),
  templated: ["servers", "topic", "file", "keyField"],
  schema: {
    type: "object",
    additionalProperties: false,
    properties: {
      ...TARGET_PROPERTIES,
      topic: { type: "string", minLength: 1, description: "Where messages go that name no topic." },
      messages: {
        description:
          "`{ key, value, headers, topic, partition, timestamp }` each: a list, something that is walked once, or a function of the context that makes it. A value that is no text or bytes is written as JSON.",
      },
      file: {
        type: "string",
        minLength: 1,
        description:
          "Instead of `messages`: a file with an object of JSON in each line, which is the value as it stands.",
      },
      keyField: { type: "string", minLength: 1, description: "The field of the objects in `file` that is their key." },
      batchSize: {
        type: "integer",
        minimum: 1,
        maximum: 100_000,
        default: 1_000,
        description: "At most so many messages of a partition are sent together, and at most 900 kB.",
      },
      linger: { type: "string", default: "100ms", description: "A message waits at most so long for others." },
      compression: { enum: ["none", "gzip", "zstd"], default: "gzip", description: "Of batches." },
      acks: {
        enum: ["all", "leader"],
        default: "all",
        description: "`all`: each replica in sync has it. `leader`: only the leader has it, and may lose it.",
      },
      idempotent: {
        type: "boolean",
        description: "The cluster drops what a repeated request would write twice. Default true with acks `all`.",
      },
      onBadMessage: {
        enum: ["fail", "skip"],
        default: "fail",
        description: "A message that cannot be written: fail without another try, or log it and leave it out.",
      },
      timeout: {
        type: "string",
        default: "30s",
        description: "Of each request to the cluster, all its tries together.",
      },
    },
  },
  run: async (options: KafkaProduceOptions, ctx: Context): Promise<ProducedMessages> => {
    const { connection: _connection, servers: _servers, messages, file, keyField, timeout, ...how } = options;
    if ((messages === undefined) === (file === undefined))
      throw new MillraceError("BAD_ARGUMENT", "name either messages or a file");
    await using kafka = await openKafka(targetOf(options), { ctx, ...(timeout !== undefined && { timeout }) });
    const source =
      file === undefined ? await sourceOf(messages ?? [], ctx) : readLines(file, { keyField, signal: ctx.signal });
    const produced = await produceMessages(kafka, source, { ...how, ctx });
    ctx.log.info("messages written", { ...produced });
    return produced;
  },
});

async function sourceOf(messages: NonNullable<KafkaProduceOptions["messages"]>, ctx: Context): Promise<MessageSource> {
  return typeof messages === "function" ? await messages(ctx) : messages;
}
