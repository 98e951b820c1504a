import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processStartedAt } from "./process-started-at.ts";
import { WorkerRecords } from "./survivors.ts";

let folder: string;
let records: string;
let child: ChildProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-survivors-"));
  records = join(folder, "workers", "here");
  mkdirSync(records, { recursive: true });
  child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
});
afterEach(() => {
  child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

async function record(over: object): Promise<void> {
  const pid = child.pid as number;
  writeFileSync(
    join(records, `${pid}.json`),
    JSON.stringify({
      pid,
      startedAt: await processStartedAt(pid),
      parentPid: 999_999_999,
      parentStartedAt: "1",
      ...over,
    }),
  );
}

test("R10: a worker whose executor is gone is ended by the next executor of its host", async () => {
  await record({});
  expect(await new WorkerRecords(folder, "here").endSurvivors()).toEqual([child.pid]);
  await expect.poll(async () => await processStartedAt(child.pid as number)).toBeUndefined();
  expect(readdirSync(records)).toEqual([]);
});

test("R10: what the tries of a dead worker have started ends too, also when it has left the worker's group", async () => {
  const orphan = spawn("sleep", ["1000"], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, MILLRACE_WORKER_MARK: "of-the-dead" },
  });
  await record({ startedAt: "1", mark: "of-the-dead" });
  expect(await new WorkerRecords(folder, "here").endSurvivors()).toEqual([]);
  await expect.poll(async () => await processStartedAt(orphan.pid as number)).toBeUndefined();
  expect(await processStartedAt(child.pid as number)).toBeDefined();
});

test("a later process with the same id is left alone", async () => {
  await record({ startedAt: "1" });
  expect(await new WorkerRecords(folder, "here").endSurvivors()).toEqual([]);
  expect(await processStartedAt(child.pid as number)).toBeDefined();
});

test("a worker whose executor lives is left alone", async () => {
  await record({ parentPid: process.pid, parentStartedAt: await processStartedAt(process.pid) });
  expect(await new WorkerRecords(folder, "here").endSurvivors()).toEqual([]);
  expect(readdirSync(records)).toHaveLength(1);
});

test("R10: a worker ends when its executor is killed", async () => {
  const script = join(folder, "parent.mjs");
  const executor = join(import.meta.dirname, "..", "testing", "executor-harness.ts");
  writeFileSync(
    script,
    `const { harness } = await import(${JSON.stringify(executor)});
     const h = await harness('import { dag } from "@millrace/core"; export default dag("d", {}, ({ task }) => { task("t", () => 1); });', { dataFolder: ${JSON.stringify(folder)} });
     await h.run("t");
     process.stdout.write("up");`,
  );
  const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => parent.stdout?.once("data", resolve));
  const pids = readdirSync(join(folder, "workers", "test-host")).map(
    (name) => (JSON.parse(readFileSync(join(folder, "workers", "test-host", name), "utf8")) as { pid: number }).pid,
  );
  expect(pids.length).toBeGreaterThan(0);
  parent.kill("SIGKILL");
  await expect
    .poll(async () => (await Promise.all(pids.map(processStartedAt))).filter((at) => at !== undefined), {
      timeout: 5_000,
    })
    .toEqual([]);
});
