// Kafka as an event log. See kafka-publication.ts for what makes a publication count once, and read-committed.ts for how it is read.
import { MillraceError, Permanent } from "millrace";
import { type KafkaClient, type KafkaContext, type KafkaTarget, openKafka } from "@millrace/provider-kafka";
import { KafkaPublishError, PipelineError } from "../steps/pipeline-errors.ts";
import type { EventLog, Positions, Publication, StoredEvent } from "./event-log.ts";
import { createTopic, findPositions, listTopics, maxMessageBytesOf, savePositions } from "./kafka-admin.ts";
import { MARKS_TOPIC, type PublicationMark, publishOnce } from "./kafka-publication.ts";
import { readCommitted } from "./read-committed.ts";
import type { KafkaSettings } from "./settings.ts";

const EARLIEST = -2n;
const LATEST = -1n;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const WEEK_MS = 168 * 3_600_000;
/** No member of a group ever: positions are stored, partitions are read without being assigned. */
const READER = "domain-ingestion-reader";

/** Options of {@link openKafkaEventLog}. */
export interface KafkaEventLogOptions {
  readonly target: KafkaTarget;
  readonly ctx: KafkaContext;
  readonly settings: KafkaSettings;
  /** Of one request to the cluster, all its tries together. Default `30s`. */
  readonly timeout?: `${number}s`;
  readonly nowMs: () => number;
}

/** Opens the log that a cluster of Kafka is. Nothing is connected before it is used; dispose of it. */
export function openKafkaEventLog<Value>(options: KafkaEventLogOptions): EventLog<Value> {
  const { ctx, target, timeout = "30s", settings, nowMs } = options;
  let opened: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => (opened ??= openReader(target, { ctx, timeout, clientId: "domain-ingestion" }));
  const guard = async <Result>(verb: string, work: (log: Opened) => Promise<Result>): Promise<Result> => {
    try {
      return await work(await open());
    } catch (error) {
      throw logError(verb, error);
    }
  };
  return {
    topics: () => guard("list topics", async ({ kafka }) => (await listTopics(kafka)).toSorted()),
    checkHealth: () =>
      guard("check the log", async ({ kafka }) => {
        const metadata = await kafka.ask("name its brokers", () => kafka.admin().metadata({ forceUpdate: true }));
        return { profile: `Kafka at ${kafka.settings.servers}`, brokers: metadata.brokers.size };
      }),
    createTopic: (topic) => guard(`create ${topic}`, ({ kafka }) => createTopic(kafka, topic, {})),
    publish: (topic, publication: Publication<Value>) =>
      guard(`publish to ${topic}`, async (log) => {
        const { kafka } = log;
        const kept = { "cleanup.policy": "compact,delete", "retention.ms": String(WEEK_MS) };
        await createTopic(kafka, MARKS_TOPIC, kept);
        const findMark = (batchId: string) => markOf(log, batchId);
        const maxMessageBytes = (name: string) => maxMessageBytesOf(kafka, name);
        return await publishOnce({ kafka, settings, nowMs, findMark, maxMessageBytes }, topic, publication);
      }),
    bounds: (topic) => guard("read offsets", (log) => boundsOf(log, topic)),
    read: async function* (topic, from, until) {
      const bounds = await guard("read offsets", (log) => boundsOf(log, topic));
      yield* readEvents<Value>(await open(), topic, { bounds, from, until });
    },
    positions: (consumer, topic) => guard("read positions", ({ kafka }) => findPositions(kafka, consumer, topic)),
    savePositions: (consumer, topic, positions) =>
      guard("save positions", ({ kafka }) => savePositions(kafka, consumer, { topic, positions })),
    async [Symbol.asyncDispose]() {
      const log = await opened?.catch(() => undefined);
      await log?.kafka[Symbol.asyncDispose]();
    },
  };
}

interface Opened {
  readonly kafka: KafkaClient;
  readonly reader: ReturnType<KafkaClient["consumer"]>;
}

type Bounds = Awaited<ReturnType<EventLog<unknown>["bounds"]>>;

async function openReader(...opening: Parameters<typeof openKafka>): Promise<Opened> {
  const kafka = await openKafka(...opening);
  return { kafka, reader: kafka.consumer({ groupId: READER }) };
}

async function boundsOf({ kafka, reader }: Opened, topic: string, isolationLevel = READ_COMMITTED): Promise<Bounds> {
  const offsets = (timestamp: bigint): Promise<readonly bigint[]> =>
    kafka.ask(`say where ${topic} begins and ends`, async () => {
      const found = await reader.listOffsets({ topics: [topic], timestamp, isolationLevel });
      return found.get(topic) ?? [];
    });
  const [earliest, latest] = [await offsets(EARLIEST), await offsets(LATEST)];
  return Object.fromEntries(
    latest.map((end, partition) => [partition, { earliest: Number(earliest[partition] ?? 0n), end: Number(end) }]),
  );
}

async function markOf(log: Opened, batchId: string): Promise<PublicationMark | undefined> {
  // Up to the end of what was written, not of what is committed: the mark that is looked for may lie behind that of a publication under way.
  const { earliest, end } = (await boundsOf(log, MARKS_TOPIC, READ_UNCOMMITTED))[0] ?? { earliest: 0, end: 0 };
  const range = { topic: MARKS_TOPIC, partition: 0, from: earliest, until: end };
  let found: PublicationMark | undefined;
  for await (const { key, value } of readCommitted(log.kafka, log.reader, range))
    if (key === batchId) found = JSON.parse(value.toString("utf8")) as PublicationMark;
  return found;
}

interface Reading {
  readonly bounds: Bounds;
  readonly from: Positions;
  readonly until: Positions | undefined;
}

async function* readEvents<Value>(
  { kafka, reader }: Opened,
  topic: string,
  { bounds, from, until }: Reading,
): AsyncGenerator<StoredEvent<Value>> {
  for (const [name, { earliest, end }] of Object.entries(bounds)) {
    const partition = Number(name);
    const range = { topic, partition, from: from[partition] ?? earliest, until: until?.[partition] ?? end };
    if (range.from < earliest || range.from > end) throw lostOffsets(range.from, { topic, earliest, end });
    for await (const { key, value, offset, timestampMs } of readCommitted(kafka, reader, range))
      yield { topic, partition, key, value: parseValue<Value>(value), offset, timestampMs };
  }
}

function parseValue<Value>(value: Buffer): Value {
  try {
    return JSON.parse(value.toString("utf8")) as Value;
  } catch {
    // What is no JSON is no domain record either: who reads it says so with its offset.
    return value.toString("utf8") as Value;
  }
}

function lostOffsets(from: number, at: { readonly topic: string; readonly earliest: number; readonly end: number }) {
  const kept = `the log has ${at.earliest} to ${at.end}`;
  return new KafkaPublishError(`offset ${from} of topic ${at.topic} is not kept: ${kept}`, at);
}

function logError(verb: string, error: unknown): unknown {
  if (error instanceof PipelineError || error instanceof Permanent || !(error instanceof MillraceError)) return error;
  return new KafkaPublishError(`cannot ${verb}: ${error.message}`, { code: error.code }, error);
}
