import { cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KafkaPublishError } from "../steps/pipeline-errors.ts";
import { collect } from "../testing/collect.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import type { EventLog, LogEvent } from "./event-log.ts";
import { openFileEventLog } from "./file-event-log.ts";

const T0 = Date.parse("2025-10-01T00:00:00Z");
const events = (...keys: readonly string[]): readonly LogEvent<number>[] => keys.map((key, value) => ({ key, value }));
const openLog = (folder: string): EventLog<number> => openFileEventLog<number>({ folder, nowMs: () => T0 });
const keysOf = async (log: EventLog<number>): Promise<readonly string[]> =>
  (await collect(log.read("t", {}))).map((event) => event.key);
const partition = (folder: string): string => join(folder, "topics", "t", "0");

async function logWith(...batches: readonly (readonly string[])[]): Promise<{ folder: string; log: EventLog<number> }> {
  const folder = temporaryFolder();
  const log = openLog(folder);
  await log.createTopic("t");
  for (const [index, keys] of batches.entries())
    await log.publish("t", { batchId: `b${index}`, events: events(...keys) });
  return { folder, log };
}

test("a writer that died at any byte of its segment leaves no event, and its retry publishes once", async () => {
  const { folder } = await logWith(["a", "b"], ["c", "d"]);
  const last = join(partition(folder), "00000000000000000002.jsonl");
  const bytes = readFileSync(last);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const crashed = join(folder, `crash-${cut}`);
    mkdirSync(join(partition(crashed), "pending"), { recursive: true });
    cpSync(
      join(partition(folder), "00000000000000000000.jsonl"),
      join(partition(crashed), "00000000000000000000.jsonl"),
    );
    writeFileSync(join(partition(crashed), "pending", "dead.jsonl"), bytes.subarray(0, cut));
    const log = openLog(crashed);
    expect(await keysOf(log)).toEqual(["a", "b"]);
    expect(await log.publish("t", { batchId: "b1", events: events("c", "d") })).toMatchObject({
      published: 2,
      alreadyPublished: false,
    });
    expect(await keysOf(log)).toEqual(["a", "b", "c", "d"]);
  }
});

test("a published segment that lost any of its bytes is refused by name, never read in part", async () => {
  const { folder } = await logWith(["a"], ["b"]);
  const last = join(partition(folder), "00000000000000000001.jsonl");
  const bytes = readFileSync(last);
  for (let cut = 0; cut < bytes.length; cut += 1) {
    writeFileSync(last, bytes);
    truncateSync(last, cut);
    const log = openLog(folder);
    await expect(keysOf(log)).rejects.toThrow(/00000000000000000001\.jsonl has no seal/);
    await expect(log.publish("t", { batchId: "b9", events: events("x") })).rejects.toThrow(KafkaPublishError);
  }
});
