import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClock } from "../clock.ts";
import { logFolder } from "./log-folder.ts";
import { encodeLogLine, parseLogLine } from "./log-line.ts";
import { readLiveLog, readLog } from "./read-log.ts";
import { recoverLogs } from "./recover-log.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { TryLog, type LogBounds } from "./try-log.ts";

const HOST = "here";
const BOUNDS: LogBounds = { burstLines: 1_000, linesPerSecond: 1_000, maxBytes: 10_000_000 };
const A = "a".repeat(32);
const B = "b".repeat(32);
let dataFolder: string;
let writer: SegmentWriter;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "millrace-logs-"));
  writer = new SegmentWriter({ folder: logFolder(dataFolder, HOST), prefix: "p", maxBytes: 1_000_000 });
});
afterEach(() => {
  writer.close();
  rmSync(dataFolder, { recursive: true });
});

function aLog(
  dispatchId: string,
  options: { bounds?: Partial<LogBounds>; writer?: SegmentWriter; mask?: (text: string) => string } = {},
): TryLog {
  return new TryLog({
    dispatchId,
    writer: options.writer ?? writer,
    clock: createClock(),
    bounds: { ...BOUNDS, ...options.bounds },
    mask: options.mask ?? ((text) => text),
  });
}

async function textOf(log: TryLog): Promise<readonly string[]> {
  const ref = log.end();
  return ref === undefined ? [] : (await readLog({ dataFolder, log: { ...ref, host: HOST } })).map((line) => line.msg);
}

test("a short log travels whole with the result and makes no file", async () => {
  const log = aLog(A);
  log.write("info", "task", "hello", { n: 1 });
  const ref = log.end();
  expect(ref).toMatchObject({ segment: "", lines: 1, complete: true });
  expect(parseLogLine(ref!.tail)).toMatchObject({ level: "info", source: "task", msg: "hello", fields: { n: 1 } });
});

test("lines of tries that write into one segment at the same time come back apart", async () => {
  const [a, b] = [aLog(A), aLog(B)];
  for (let i = 0; i < 300; i += 1) {
    a.write("info", "task", `a${i}`);
    b.write("info", "task", `b${i} ünïcödé`);
    if (i % 50 === 0) [a, b].forEach((log) => log.flush());
  }
  expect(await textOf(a)).toEqual(Array.from({ length: 300 }, (_, i) => `a${i}`));
  expect(await textOf(b)).toEqual(Array.from({ length: 300 }, (_, i) => `b${i} ünïcödé`));
});

test("a log can be read while its try runs, and followed from where the reader was", async () => {
  const log = aLog(A);
  expect(await readLiveLog({ dataFolder, dispatchId: A })).toEqual({ lines: [] });
  log.write("info", "task", "one");
  log.flush();
  const first = await readLiveLog({ dataFolder, dispatchId: A });
  expect(first.lines.map((line) => line.msg)).toEqual(["one"]);
  log.write("info", "task", "two");
  log.flush();
  const second = await readLiveLog({ dataFolder, dispatchId: A, cursor: first.cursor! });
  expect(second.lines.map((line) => line.msg)).toEqual(["two"]);
});

test("a try stays in the segment of its first line when new tries begin the next", async () => {
  const small = new SegmentWriter({ folder: logFolder(dataFolder, HOST), prefix: "s", maxBytes: 100 });
  const a = aLog(A, { writer: small });
  a.write("info", "task", "x".repeat(200));
  a.flush();
  const b = aLog(B, { writer: small });
  b.write("info", "task", "y".repeat(200));
  b.flush();
  a.write("info", "task", "z".repeat(3_000));
  expect(a.end()!.segment).toBe("s-0.log");
  expect(b.end()!.complete).toBe(true);
  expect(readFileSync(join(logFolder(dataFolder, HOST), "s-1.log"), "utf8")).toContain("yyy");
  small.close();
});

test("lines beyond the rate are dropped and counted", async () => {
  const log = aLog(A, { bounds: { burstLines: 10, linesPerSecond: 0 } });
  for (let i = 0; i < 50; i += 1) log.write("info", "task", `line ${i}`);
  const lines = await textOf(log);
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toContain("40 lines lost");
});

test("a disk that takes no bytes loses lines, says how many, and fails nobody", async () => {
  const broken = new SegmentWriter({ folder: "/dev/null/nowhere", prefix: "x", maxBytes: 100 });
  const log = aLog(A, { writer: broken });
  for (let i = 0; i < 100; i += 1) log.write("info", "task", `line ${i} ${"x".repeat(50)}`);
  log.flush();
  const ref = log.end()!;
  expect(ref.complete).toBe(false);
  expect(ref.tail).toContain("100 lines lost");
});

test("half a line left by a failed write hides no later line", async () => {
  const log = aLog(A);
  log.write("info", "task", "before");
  log.flush();
  const segment = writer.acquire();
  segment.torn = true;
  log.write("info", "task", "after");
  log.write("info", "task", "x".repeat(3_000));
  expect((await textOf(log)).slice(0, 2)).toEqual(["before", "after"]);
});

test("secrets are masked before a line is kept anywhere", async () => {
  const log = aLog(A, { mask: (text) => text.replaceAll("hunter2", "***") });
  log.write("info", "task", "password hunter2", { p: "hunter2" });
  expect(log.end()!.tail).not.toContain("hunter2");
});

test("fields that JSON cannot say do not lose the line", () => {
  const loop: Record<string, unknown> = {};
  loop["self"] = loop;
  expect(parseLogLine(encodeLogLine({ ts: 1, level: "info", source: "task", msg: "m", fields: loop }))!.msg).toBe("m");
  expect(
    parseLogLine(encodeLogLine({ ts: 1, level: "info", source: "task", msg: "m", fields: { big: 1n } }))!.fields,
  ).toEqual({ big: "1" });
});

test("what tries had written before their process died is found by their dispatch, and can be read whole", async () => {
  const logs = [aLog(A), aLog(B)];
  logs.forEach((log, i) => {
    for (let line = 0; line < 60; line += 1) log.write("info", "task", `${i} ${line} ${"x".repeat(50)}`);
    log.flush();
  });
  const unknown = "c".repeat(32);
  const found = await recoverLogs({ folder: logFolder(dataFolder, HOST), host: HOST, dispatchIds: [A, unknown, B] });
  expect([...found.keys()]).toEqual([A, B]);
  const lines = await readLog({ dataFolder, log: { ...found.get(B)!, host: HOST } });
  expect(lines).toHaveLength(60);
  expect(lines[0]?.msg).toMatch(/^1 0 x/);
  expect(await recoverLogs({ folder: join(dataFolder, "none"), host: HOST, dispatchIds: [A] })).toEqual(new Map());
});

test("the log of a try whose file is gone is its tail", async () => {
  const log = aLog(A);
  for (let i = 0; i < 200; i += 1) log.write("info", "task", `line ${i}`);
  const ref = log.end()!;
  rmSync(logFolder(dataFolder, HOST), { recursive: true });
  const lines = await readLog({ dataFolder, log: { ...ref, host: HOST } });
  expect(lines.at(-1)!.msg).toBe("line 199");
});
