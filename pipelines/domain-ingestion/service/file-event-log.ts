// A folder as an event log. A partition is a folder of segments named by the offset of their first event. A segment is a
// file of JSON lines, one per event, whose last line is its seal. It is written and synced under another name first and
// then linked to its own, which fails when another writer took that offset: a publication is there wholly or not at all,
// a writer that dies leaves nothing that a reader sees, and no lock can be left behind.
import { randomUUID } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { KafkaPublishError } from "../steps/pipeline-errors.ts";
import { openConsumerPositions } from "./consumer-positions.ts";
import { hasCode, listFolder, publishFile, syncFolder, writePending } from "./durable-file.ts";
import type { EventLog, LogEvent, Positions, Publication, PublishReceipt, StoredEvent } from "./event-log.ts";
import { openLineWriter, readLines } from "./line-file.ts";
import { checkLogName } from "./log-name.ts";
import { type Seal, type SegmentIndex, openSegmentIndex, segmentName } from "./segment-index.ts";

const PARTITION = 0;
const HOUR_MS = 3_600_000;

/** Options of {@link openFileEventLog}. */
export interface FileEventLogOptions {
  readonly folder: string;
  /** The wall clock, in milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Largest event as JSON, in characters; a larger one is rejected alone. Default 1 Mi. */
  readonly maxEventChars?: number;
  /** How long events are kept at least. One that a consumer has not read, or that no consumer ever came for, stays. Default 168 hours. */
  readonly retentionMs?: number;
}

/** Opens the log in `folder`, which is created by the first write. Any number of processes may use it at once. */
export function openFileEventLog<Value>(options: FileEventLogOptions): EventLog<Value> {
  const { folder, nowMs, maxEventChars = 1024 * 1024, retentionMs = 168 * HOUR_MS } = options;
  const root = join(folder, "topics");
  const consumers = openConsumerPositions(join(folder, "consumers"));
  const topics = openTopics(root);
  const guard = <Result>(verb: string, work: () => Promise<Result>): Promise<Result> => guarded(verb, folder, work);
  return {
    topics: () => guard("list the topics of", async () => (await listFolder(root)).toSorted()),
    checkHealth: () =>
      guard("check", async () => {
        await mkdir(root, { recursive: true });
        await rm(await writePending(join(folder, "probe"), "probe\n"), { force: true });
        return { profile: `file log at ${folder}`, brokers: 1 };
      }),
    createTopic: (topic) => guard("create a topic in", () => topics.create(topic)),
    publish: (topic, publication) =>
      guard(`publish to ${topic} in`, async () => {
        const index = await topics.open(topic);
        const receipt = await publishSegment({ index, nowMs, maxEventChars }, publication);
        await removeExpired(index, await consumers.readByAll(topic, PARTITION), nowMs() - retentionMs);
        return receipt;
      }),
    bounds: (topic) => guard("read", async () => ({ [PARTITION]: await (await topics.open(topic)).bounds() })),
    read: (topic, from, until) =>
      guardedEvents(
        folder,
        readEvents<Value>(() => topics.open(topic), topic, from, until),
      ),
    positions: (consumer, topic) => guard("read positions of", () => consumers.find(consumer, topic)),
    savePositions: (consumer, topic, next) => guard("save positions in", () => consumers.save(consumer, topic, next)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The partitions below `root`, opened once each. */
function openTopics(root: string) {
  const opened = new Map<string, SegmentIndex>();
  const folderOf = (topic: string): string => join(root, checkLogName(topic, "topic"), String(PARTITION));
  const create = async (topic: string): Promise<"created" | "exists"> => {
    const folder = folderOf(topic);
    if (await exists(folder)) return "exists";
    await mkdir(folder, { recursive: true });
    await syncFolder(root);
    return "created";
  };
  const open = async (topic: string): Promise<SegmentIndex> => {
    const known = opened.get(topic);
    if (known !== undefined) return known;
    const folder = folderOf(topic);
    if (!(await exists(folder))) {
      throw new KafkaPublishError(`topic ${topic} does not exist in the log at ${root}; create it first`, {
        topic,
        root,
      });
    }
    const index = openSegmentIndex(folder);
    opened.set(topic, index);
    return index;
  };
  return { create, open };
}

/** Removes segments older than `beforeMs` that every consumer has read, but never the newest: it holds the end. */
async function removeExpired(index: SegmentIndex, readByAll: number, beforeMs: number): Promise<void> {
  for (const segment of (await index.segments()).slice(0, -1)) {
    const { at, count } = await index.seal(segment);
    if (segment.first + count > readByAll || Date.parse(at) > beforeMs) return;
    await rm(segment.path, { force: true });
  }
}

interface SegmentTarget {
  readonly index: SegmentIndex;
  readonly nowMs: () => number;
  readonly maxEventChars: number;
}

async function publishSegment<Value>(target: SegmentTarget, publication: Publication<Value>): Promise<PublishReceipt> {
  const { index, nowMs } = target;
  const pendingFolder = join(index.folder, "pending");
  const { batchId, events } = publication;
  if (batchId === "" || batchId.length > 512)
    throw new KafkaPublishError("a batch id has 1 to 512 characters", { batchId });
  const before = await index.findBatch(batchId);
  if (before !== undefined) return { published: before.count, rejected: before.rejected, alreadyPublished: true };
  await mkdir(pendingFolder, { recursive: true });
  await removeAbandoned(pendingFolder, nowMs());
  const pending = join(pendingFolder, `${randomUUID()}.jsonl`);
  try {
    const seal = await writeSegment(pending, target, batchId, events);
    if (seal.count === 0) return { published: 0, rejected: seal.rejected, alreadyPublished: false };
    for (;;) {
      // The end is read before the batch ids: a name that is still free then proves that no batch was added meanwhile.
      const { end } = await index.bounds();
      const rival = await index.findBatch(batchId);
      if (rival !== undefined) return { published: rival.count, rejected: rival.rejected, alreadyPublished: true };
      if (await publishFile(pending, join(index.folder, segmentName(end)))) {
        return { published: seal.count, rejected: seal.rejected, alreadyPublished: false };
      }
    }
  } finally {
    await rm(pending, { force: true });
  }
}

async function writeSegment<Value>(
  path: string,
  target: SegmentTarget,
  batchId: string,
  events: Publication<Value>["events"],
): Promise<Seal> {
  const writer = await openLineWriter(path);
  try {
    let count = 0;
    let rejected = 0;
    for await (const { key, value } of events as AsyncIterable<LogEvent<Value>>) {
      const line = JSON.stringify({ key, timestamp: target.nowMs(), value });
      if (line.length > target.maxEventChars) rejected += 1;
      else {
        await writer.write(line);
        count += 1;
      }
    }
    const seal: Seal = { batchId, count, rejected, at: new Date(target.nowMs()).toISOString() };
    await writer.write(JSON.stringify({ seal }));
    await writer.finish();
    return seal;
  } finally {
    await writer.abandon();
  }
}

// A writer that died leaves its pending file; a day later nobody can still be writing it.
async function removeAbandoned(pendingFolder: string, nowMs: number): Promise<void> {
  for (const name of await listFolder(pendingFolder)) {
    const path = join(pendingFolder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < nowMs - 24 * HOUR_MS) await rm(path, { force: true });
  }
}

async function* readEvents<Value>(
  open: () => Promise<SegmentIndex>,
  topic: string,
  from: Positions,
  until?: Positions,
): AsyncGenerator<StoredEvent<Value>> {
  const index = await open();
  const { earliest, end } = await index.bounds();
  const start = from[PARTITION] ?? earliest;
  const stop = Math.min(until?.[PARTITION] ?? end, end);
  if (start < earliest || start > end) {
    throw new KafkaPublishError(`offset ${start} of topic ${topic} is not kept: the log has ${earliest} to ${end}`, {
      topic,
      start,
      earliest,
      end,
    });
  }
  for (const segment of await index.segments()) {
    if (segment.first >= stop) return;
    const { count } = await index.seal(segment);
    if (segment.first + count <= start) continue;
    let offset = segment.first;
    for await (const line of readLines(segment.path, { maxChars: Number.MAX_SAFE_INTEGER })) {
      if (offset === segment.first + count || offset >= stop) break;
      if (offset >= start) yield storedEvent<Value>(line, { topic, offset, path: segment.path });
      offset += 1;
    }
  }
}

function storedEvent<Value>(
  line: string | null,
  at: { readonly topic: string; readonly offset: number; readonly path: string },
): StoredEvent<Value> {
  try {
    const { key, timestamp, value } = JSON.parse(line ?? "") as { key: string; timestamp: number; value: Value };
    return { topic: at.topic, partition: PARTITION, offset: at.offset, key, value, timestampMs: timestamp };
  } catch (cause) {
    throw new KafkaPublishError(
      `event ${at.offset} of topic ${at.topic} cannot be read from ${at.path}: the file was damaged`,
      at,
      cause,
    );
  }
}

async function guarded<Result>(verb: string, folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw logError(verb, folder, error);
  }
}

async function* guardedEvents<Event>(folder: string, events: AsyncIterable<Event>): AsyncGenerator<Event> {
  try {
    yield* events;
  } catch (error) {
    throw logError("read", folder, error);
  }
}

function logError(verb: string, folder: string, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  const remedy = hasCode(error, "ENOSPC", "EDQUOT")
    ? "; make room there, and run it again: nothing of this try counts"
    : "";
  return new KafkaPublishError(`cannot ${verb} the log at ${folder}: ${error.message}${remedy}`, { folder }, error);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
