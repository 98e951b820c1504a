import { readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KafkaPublishError } from "../steps/pipeline-errors.ts";
import { collect } from "../testing/collect.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import type { EventLog, LogEvent } from "./event-log.ts";
import { openFileEventLog } from "./file-event-log.ts";

const T0 = Date.parse("2025-10-01T00:00:00Z");
const HOUR = 3_600_000;
const events = (...keys: readonly string[]): readonly LogEvent<number>[] => keys.map((key, value) => ({ key, value }));
const openLog = (folder: string, nowMs = T0): EventLog<number> =>
  openFileEventLog<number>({ folder, nowMs: () => nowMs });
const keysOf = async (log: EventLog<number>, from = 0): Promise<readonly string[]> =>
  (await collect(log.read("t", { 0: from }))).map((event) => event.key);
const partition = (folder: string): string => join(folder, "topics", "t", "0");

async function logWith(...batches: readonly (readonly string[])[]): Promise<{ folder: string; log: EventLog<number> }> {
  const folder = temporaryFolder();
  const log = openLog(folder);
  await log.createTopic("t");
  for (const [index, keys] of batches.entries())
    await log.publish("t", { batchId: `b${index}`, events: events(...keys) });
  return { folder, log };
}

test("events come back keyed, in order, with gapless offsets and the log's own time", async () => {
  const { log } = await logWith(["a", "b"], ["c"]);
  expect(await collect(log.read("t", {}))).toEqual([
    { topic: "t", partition: 0, offset: 0, key: "a", value: 0, timestampMs: T0 },
    { topic: "t", partition: 0, offset: 1, key: "b", value: 1, timestampMs: T0 },
    { topic: "t", partition: 0, offset: 2, key: "c", value: 0, timestampMs: T0 },
  ]);
  expect(await log.bounds("t")).toEqual({ 0: { earliest: 0, end: 3 } });
});

test("reading begins and ends at any offset, also inside a publication", async () => {
  const { log } = await logWith(["a", "b", "c"], ["d", "e"], ["f"]);
  for (let from = 0; from <= 6; from += 1) {
    for (let until = from; until <= 6; until += 1) {
      expect((await collect(log.read("t", { 0: from }, { 0: until }))).map((event) => event.offset)).toEqual(
        Array.from({ length: until - from }, (_, index) => from + index),
      );
    }
  }
});

test("another process sees what was published, and a consumer goes on where it stopped", async () => {
  const { folder } = await logWith(["a", "b"]);
  await openLog(folder).savePositions("bronze", "t", { 0: 1 });
  const later = openLog(folder);
  expect(await later.positions("bronze", "t")).toEqual({ 0: 1 });
  expect(await later.positions("other", "t")).toEqual({});
  expect(await keysOf(later, 1)).toEqual(["b"]);
});

test("publishing the same batch id again adds nothing and says so", async () => {
  const { folder, log } = await logWith(["a", "b"], ["c"]);
  const again = { batchId: "b0", events: events("x", "y", "z") };
  expect(await log.publish("t", again)).toEqual({ published: 2, rejected: 0, alreadyPublished: true });
  expect(await openLog(folder).publish("t", again)).toEqual({ published: 2, rejected: 0, alreadyPublished: true });
  expect(await keysOf(log)).toEqual(["a", "b", "c"]);
});

test("a publication whose source breaks off adds nothing, and can be repeated", async () => {
  const { folder, log } = await logWith(["a"]);
  async function* broken(): AsyncGenerator<LogEvent<number>> {
    yield* events("b", "c");
    throw new Error("the line went dead");
  }
  await expect(log.publish("t", { batchId: "b1", events: broken() })).rejects.toThrow("the line went dead");
  expect(await keysOf(log)).toEqual(["a"]);
  expect(readdirSync(join(partition(folder), "pending"))).toEqual([]);
  expect(await log.publish("t", { batchId: "b1", events: events("b", "c") })).toMatchObject({
    published: 2,
    alreadyPublished: false,
  });
});

test("writers in parallel never share an offset, and of two with one batch id one wins", async () => {
  const { folder } = await logWith();
  const publications = Array.from({ length: 24 }, (_, index) =>
    openLog(folder).publish("t", { batchId: `b${index % 12}`, events: events(`k${index % 12}a`, `k${index % 12}b`) }),
  );
  const receipts = await Promise.all(publications);
  expect(receipts.filter((receipt) => !receipt.alreadyPublished)).toHaveLength(12);
  const stored = await collect(openLog(folder).read("t", {}));
  expect(stored.map((event) => event.offset)).toEqual(Array.from({ length: 24 }, (_, index) => index));
  expect(new Set(stored.map((event) => event.key)).size).toBe(24);
});

test("an event over the size limit is left out and counted; the others are published", async () => {
  const folder = temporaryFolder();
  const log = openFileEventLog<string>({ folder, nowMs: () => T0, maxEventChars: 100 });
  await log.createTopic("t");
  const publication = {
    batchId: "b",
    events: [
      { key: "a", value: "small" },
      { key: "b", value: "x".repeat(200) },
      { key: "c", value: "small" },
    ],
  };
  expect(await log.publish("t", publication)).toEqual({ published: 2, rejected: 1, alreadyPublished: false });
  expect((await collect(log.read("t", {}))).map((event) => event.key)).toEqual(["a", "c"]);
});

test("old segments go when every consumer has read them; the newest stays, so offsets never begin again", async () => {
  const { folder } = await logWith(["a"], ["b"], ["c"]);
  await openLog(folder).savePositions("bronze", "t", { 0: 1 });
  const later = openLog(folder, T0 + 169 * HOUR);
  await later.publish("t", { batchId: "later", events: events("d") });
  expect(await later.bounds("t")).toEqual({ 0: { earliest: 1, end: 4 } });
  await later.savePositions("bronze", "t", { 0: 4 });
  await openLog(folder, T0 + 400 * HOUR).publish("t", { batchId: "last", events: events("e") });
  expect(await later.bounds("t")).toEqual({ 0: { earliest: 4, end: 5 } });
  await expect(keysOf(later, 0)).rejects.toThrow("offset 0 of topic t is not kept: the log has 4 to 5");
});

test("what nobody has read is kept, however old: also when no consumer ever came", async () => {
  const { folder } = await logWith(["a"], ["b"]);
  const later = openLog(folder, T0 + 1_000 * HOUR);
  await later.publish("t", { batchId: "later", events: events("c") });
  expect(await keysOf(later)).toEqual(["a", "b", "c"]);
});

test("a pending file of a writer that died a day ago is removed", async () => {
  const { folder, log } = await logWith(["a"]);
  const dead = join(partition(folder), "pending", "dead.jsonl");
  writeFileSync(dead, "x");
  utimesSync(dead, new Date(T0 - 25 * HOUR), new Date(T0 - 25 * HOUR));
  await log.publish("t", { batchId: "b1", events: events("b") });
  expect(readdirSync(join(partition(folder), "pending"))).toEqual([]);
});

test("topics are created once; one that is missing is named", async () => {
  const { log } = await logWith();
  expect(await log.createTopic("t")).toBe("exists");
  expect(await log.createTopic("u")).toBe("created");
  expect(await log.topics()).toEqual(["t", "u"]);
  await expect(log.publish("v", { batchId: "b", events: [] })).rejects.toThrow("topic v does not exist");
  await expect(log.createTopic("../v")).rejects.toThrow("is no topic name");
});

test("the health check writes; a folder that cannot be one is unhealthy", async () => {
  const folder = temporaryFolder();
  expect(await openLog(folder).checkHealth()).toEqual({ profile: `file log at ${folder}`, brokers: 1 });
  writeFileSync(join(folder, "file"), "");
  await expect(openLog(join(folder, "file")).checkHealth()).rejects.toThrow(KafkaPublishError);
});

test("a segment that disappears under a reader is the log's failure, by name", async () => {
  const { folder, log } = await logWith(["a"], ["b"]);
  const reading = log.read("t", {})[Symbol.asyncIterator]();
  expect((await reading.next()).value).toMatchObject({ key: "a" });
  rmSync(join(partition(folder), "00000000000000000001.jsonl"));
  const failure: unknown = await reading.next().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(KafkaPublishError);
  expect((failure as Error).message).toMatch(/^cannot read the log at .*ENOENT.*00000000000000000001\.jsonl/);
});
