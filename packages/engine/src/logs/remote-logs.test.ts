import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLiveLog, readLog } from "./read-log.ts";
import { createRemoteLogs } from "./remote-logs.ts";

const ID = "a".repeat(32);
let dataFolder: string;
beforeEach(() => (dataFolder = mkdtempSync(join(tmpdir(), "millrace-remote-logs-"))));
afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

const line = (n: number): string => `{"ts":${n},"level":"info","source":"task","msg":"line ${n}"}`;
const make = (prefix = "p") => createRemoteLogs({ dataFolder, host: "h", prefix, nowMs: () => 0 });

test("lines that are pushed twice are there once, and can be read while the try runs and after", async () => {
  const logs = make();
  expect(await logs.push({ dispatchId: ID, from: 0, lines: [line(0), line(1)] })).toBe(2);
  await logs.push({ dispatchId: "b".repeat(32), from: 0, lines: [line(9)] });
  expect(await logs.push({ dispatchId: ID, from: 1, lines: [line(1), line(2)] })).toBe(3);
  const live = await readLiveLog({ dataFolder, dispatchId: ID });
  expect(live.lines.map(({ msg }) => msg)).toEqual(["line 0", "line 1", "line 2"]);
  const log = logs.find(ID);
  expect(log).toMatchObject({ host: "h", lines: 3, complete: true });
  const read = await readLog({ dataFolder, log: { ...log!, complete: false } });
  expect(read.map(({ msg }) => msg)).toEqual(["line 0", "line 1", "line 2"]);
  logs.end(ID);
  expect(logs.find(ID)).toBeUndefined();
});

test("a place that has not seen the first lines takes none from the middle, and says what it has", async () => {
  const logs = make();
  expect(await logs.push({ dispatchId: ID, from: 2, lines: [line(2)] })).toBe(0);
  expect(await logs.push({ dispatchId: ID, from: 0, lines: [line(0), line(1), line(2)] })).toBe(3);
});

test("a line with a line break in it cannot be read as the line of another dispatch", async () => {
  const logs = make();
  const forged = `${line(0)}\n${"b".repeat(16)} ${line(1)}`;
  await logs.push({ dispatchId: ID, from: 0, lines: [forged] });
  expect((await readLiveLog({ dataFolder, dispatchId: "b".repeat(32) })).lines).toEqual([]);
});
