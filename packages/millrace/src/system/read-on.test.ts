import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineStore } from "@millrace/core";
import { createLogReader } from "@millrace/engine";
import { expect, test } from "vitest";
import { readOn } from "./read-on.ts";

const ID = "a".repeat(32);
const instance = { runId: 1, taskId: "t", mapIndex: 7 };
const attempt = { tryNumber: 2, state: "running", logs: [] } as const;

test("the log of a try that runs is found without a look at the other instances of its run", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace-read-on-"));
  mkdirSync(join(dataFolder, "logs", "h"), { recursive: true });
  const line = `${ID.slice(0, 16)} {"ts":1,"level":"info","source":"task","msg":"one"}\n`;
  writeFileSync(join(dataFolder, "logs", "h", "p-0.log"), line);
  const asked: object[] = [];
  const engine = {
    findDispatch: (wanted: object) => {
      asked.push(wanted);
      return Promise.resolve({ dispatchId: ID, tryNumber: 2 });
    },
  } as unknown as EngineStore;
  const queries = { readLogRefs: () => Promise.resolve([]) };
  const read = await readOn({ engine, queries, dataFolder, instance, attempt, cursor: undefined });
  expect([read.lines.map(({ msg }) => msg), read.isLive]).toEqual([["one"], true]);
  const told: string[] = [];
  const reader = createLogReader({ store: engine, queries, dataFolder });
  for await (const { message } of reader.readTry(instance, attempt, 0)) told.push(message);
  expect([told, asked]).toEqual([["one"], [instance, instance]]);
  rmSync(dataFolder, { recursive: true });
});
