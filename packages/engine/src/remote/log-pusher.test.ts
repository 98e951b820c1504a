import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseLogLine } from "../logs/log-line.ts";
import { segmentSizes } from "../logs/read-log.ts";
import { LogPusher } from "./log-pusher.ts";

const ID = "a".repeat(32);
const OTHER = "b".repeat(32);
let dataFolder: string;
let pushed: string[];

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "millrace-pusher-"));
  mkdirSync(join(dataFolder, "logs", "here"), { recursive: true });
  pushed = [];
});
afterEach(() => rmSync(dataFolder, { recursive: true }));

const fileOf = (name: string): string => join(dataFolder, "logs", "here", name);
const line = (dispatchId: string, msg: string): string =>
  `${dispatchId.slice(0, 16)} {"ts":1,"level":"info","source":"task","msg":"${msg}"}\n`;

async function aPusher(): Promise<LogPusher> {
  return new LogPusher({
    dataFolder,
    dispatchId: ID,
    sizes: await segmentSizes(dataFolder),
    push: async ({ from, lines }) => {
      if (from <= pushed.length) pushed.splice(from, Infinity, ...lines.map((text) => parseLogLine(text)?.msg ?? ""));
      return pushed.length;
    },
  });
}

test("nothing is read of a segment that was written before the dispatch was handed over", async () => {
  writeFileSync(fileOf("old-0.log"), line(ID, "old"));
  const pusher = await aPusher();
  await pusher.pushNew();
  expect(pushed).toEqual([]);
  appendFileSync(fileOf("old-0.log"), line(OTHER, "others") + line(ID, "one") + line(ID, "two"));
  await pusher.pushNew();
  expect(pushed).toEqual(["one", "two"]);
});

test("what a quiet try was looked for in is not read again", async () => {
  const pusher = await aPusher();
  const half = line(ID, "half").slice(0, 30);
  writeFileSync(fileOf("p-0.log"), line(OTHER, "one") + half);
  await pusher.pushNew();
  writeFileSync(fileOf("p-0.log"), line(ID, "xyz") + half);
  await pusher.pushNew();
  expect(pushed).toEqual([]);
  writeFileSync(fileOf("p-0.log"), line(OTHER, "one") + line(ID, "half"));
  await pusher.pushNew();
  expect(pushed).toEqual(["half"]);
});

test("the rest of a try is read where its report says, and not at all when that has all of its lines", async () => {
  writeFileSync(fileOf("p-0.log"), line(ID, "before"));
  const from = line(ID, "before").length;
  const ref = { host: "here", from, to: from, lines: 1, tail: "", complete: true };
  const pusher = await aPusher();
  appendFileSync(fileOf("p-0.log"), line(ID, "rest"));
  await pusher.pushRest(undefined);
  await pusher.pushRest({ ...ref, segment: "" });
  expect(pushed).toEqual([]);
  await pusher.pushRest({ ...ref, segment: "p-0.log", complete: false });
  expect(pushed).toEqual(["rest"]);
});

test("a server that has lost the first lines gets all of them again, from where they begin", async () => {
  const pusher = await aPusher();
  writeFileSync(fileOf("p-0.log"), line(OTHER, "others") + line(ID, "one"));
  await pusher.pushNew();
  pushed = [];
  appendFileSync(fileOf("p-0.log"), line(ID, "two"));
  await pusher.pushNew();
  expect(pushed).toEqual(["one", "two"]);
});

test("a log that cannot be read is read again the next time, and given up at the end of its try", async () => {
  const pusher = await aPusher();
  writeFileSync(fileOf("p-0.log"), line(ID, "one"));
  mkdirSync(fileOf("broken.log"));
  await pusher.pushNew();
  expect(pushed).toEqual(["one"]);
  appendFileSync(fileOf("p-0.log"), line(ID, "two"));
  renameSync(fileOf("p-0.log"), fileOf("away"));
  expect(await pusher.pushNew()).toBe(false);
  renameSync(fileOf("away"), fileOf("p-0.log"));
  expect(await pusher.pushNew()).toBe(true);
  expect(pushed).toEqual(["one", "two"]);
  rmSync(fileOf("p-0.log"));
  await pusher.pushRest({ host: "here", segment: "p-0.log", from: 0, to: 9, lines: 3, tail: "", complete: false });
});

test("a try whose log cannot be looked for has it once it can be", async () => {
  const pusher = await aPusher();
  mkdirSync(fileOf("broken.log"));
  expect(await pusher.pushNew()).toBe(false);
  writeFileSync(fileOf("p-0.log"), line(ID, "one"));
  expect(await pusher.pushNew()).toBe(true);
  expect(pushed).toEqual(["one"]);
});
