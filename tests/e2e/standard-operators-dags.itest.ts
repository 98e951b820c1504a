// The standard operators that start other DAGs and wait for them, on the real engine.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causeOf, resultOf } from "../harness/task-facts.ts";

const AT = 1_759_276_800_000_000;
const DAY = "2025-10-01T00:00:00+00:00";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-dags-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function runsOf(engine: EngineHarness, dagId: string): Promise<readonly string[]> {
  return (await engine.store.queries.listRuns({ dagId })).items.map((run) => run.runKey);
}

async function runIdOf(engine: EngineHarness, dagId: string, runKey: string): Promise<number> {
  return (await engine.store.engine.findRunId(dagId, runKey)) as number;
}

/** Waits until an instance is in a state. */
async function untilState(
  engine: EngineHarness,
  runId: number,
  states: Readonly<Record<string, string>>,
): Promise<void> {
  await expect.poll(async () => await engine.states(runId), { timeout: 20_000 }).toMatchObject(states);
}

/** A DAG that ends when the file `go` is there, in a pool with one slot. */
const CHILD = (body = ""): string => `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { dag } from "millrace";
export const child = dag("child", { params: { n: 0 } }, ({ task, group, empty }) => {
  const waits = task("waits", { pool: "one" }, async (_, { signal, params }) => {
    while (!existsSync(${JSON.stringify(folder)} + "/go")) await sleep(10, undefined, { signal });
    ${body}
    return params.n;
  });
  group("tail", { after: [waits] }, ({ task }) => { task("a", () => 1); task("b", () => 2); });
});`;

async function startWithPool(): Promise<EngineHarness> {
  const engine = await startEngine();
  await engine.store.queries.setPool({ pool: "one", slots: 1, description: "", includeDeferred: false, order: "fair" });
  return engine;
}
const go = (): void => writeFileSync(join(folder, "go"), "");

test("waiting for a triggered run holds no pool slot: it runs in the very slot that its parent left", async () => {
  await using engine = await startWithPool();
  await engine.deploy(
    CHILD(),
    `
import { dag, triggerDag } from "millrace";
export const parent = dag("parent", ({ task }) => {
  const n = task("n", () => 7);
  task("child", { pool: "one" }, triggerDag({ dagId: "child", conf: { n, day: "{{ ds }}" }, wait: true, every: "50ms" }));
});`,
  );
  const { runId } = await engine.trigger("parent", { logicalDate: AT });
  await untilState(engine, runId, { child: "deferred" });
  go();
  expect(await engine.ended(runId)).toBe("success");
  const [runKey] = await runsOf(engine, "child");
  expect(await resultOf(engine, runId, "child")).toMatchObject({ dagId: "child", runId: runKey, state: "success" });
  expect(await resultOf(engine, await runIdOf(engine, "child", runKey), "waits")).toBe(7);
  expect(await engine.store.queries.findRun("child", runKey)).toMatchObject({
    conf: '{"n":7,"day":"2025-10-01"}',
    triggeredBy: `task:parent/manual__${DAY}/child/-1/1`,
  });
});

test("R9: a trigger starts one run when the worker dies after it, and another after a clear", async () => {
  await using engine = await startWithPool();
  go();
  await engine.deploy(
    CHILD(),
    `
import { dag, operator, triggerDag } from "millrace";
const triggerAndDie = operator({ name: "TriggerAndDie", run: async (options, ctx) => {
  const made = await triggerDag.spec.run({ dagId: "child" }, ctx);
  if (ctx.tryNumber === 1) process.kill(process.pid, "SIGKILL");
  return made;
} });
export const parent = dag("parent", ({ task }) => { task("t", { retries: 1, retryDelay: "0s" }, triggerAndDie({})); });`,
  );
  const { runId, runKey } = await engine.trigger("parent");
  expect(await engine.ended(runId)).toBe("success");
  expect((await engine.store.queries.listTries({ runId, taskId: "t", mapIndex: -1 })).length).toBe(2);
  const once = await runsOf(engine, "child");
  expect(once).toEqual([((await resultOf(engine, runId, "t")) as { runId: string }).runId]);

  await engine.send("parent", { kind: "clear", runKey, select: {}, version: "same" });
  await expect.poll(async () => (await runsOf(engine, "child")).length, { timeout: 20_000 }).toBe(2);
  expect(await engine.ended(runId)).toBe("success");
});

test("a retry starts another run when the first has failed", async () => {
  await using engine = await startWithPool();
  go();
  await engine.deploy(
    CHILD('throw new Error("broken");'),
    `
import { dag, triggerDag } from "millrace";
export const parent = dag("parent", ({ task }) => {
  task("t", { retries: 1, retryDelay: "0s" }, triggerDag({ dagId: "child", wait: true, every: "20ms" }));
});`,
  );
  const { runId } = await engine.trigger("parent");
  expect(await engine.ended(runId)).toBe("failed");
  expect(await causeOf(engine, runId, "t")).toMatch(/the run triggered__.* of child ended as failed/);
  expect((await runsOf(engine, "child")).length).toBe(2);
});

test("a run that somebody else has started is refused, skipped, adopted or reset", async () => {
  await using engine = await startWithPool();
  go();
  await engine.deploy(
    CHILD(),
    `
import { dag, triggerDag } from "millrace";
export const parent = dag("parent", ({ task }) => {
  const same = { dagId: "child", logicalDate: "{{ logical_date }}" };
  const fails = task("fails", { retries: 3 }, triggerDag(same));
  const skips = task("skips", triggerDag({ ...same, whenExists: "skip" }));
  const adopts = task("adopts", triggerDag({ ...same, whenExists: "adopt", wait: true, every: "20ms" }));
  task("resets", { after: [fails, skips, adopts], triggerRule: "all_done" }, triggerDag({ ...same, whenExists: "reset", wait: true, every: "20ms" }));
});`,
  );
  const child = await engine.trigger("child", { logicalDate: AT, runKey: "by-hand" });
  expect(await engine.ended(child.runId)).toBe("success");
  const { runId } = await engine.trigger("parent", { logicalDate: AT });
  expect(await engine.ended(runId)).toBe("success");
  expect(await engine.states(runId)).toEqual({
    fails: "failed",
    skips: "skipped",
    adopts: "success",
    resets: "success",
  });
  expect(await causeOf(engine, runId, "fails")).toContain("has a run by-hand");
  expect(await runsOf(engine, "child")).toEqual(["by-hand"]);
  const tries = await engine.store.queries.listTries({ runId: child.runId, taskId: "waits", mapIndex: -1 });
  expect(tries.length).toBe(2);
});

test("a DAG that is not there and a conf that does not fit fail the trigger with their names", async () => {
  await using engine = await startWithPool();
  await engine.deploy(
    CHILD(),
    `
import { dag, triggerDag } from "millrace";
export const parent = dag("parent", ({ task }) => {
  task("nowhere", triggerDag({ dagId: "chid" }));
  task("unfit", triggerDag({ dagId: "child", conf: { n: "many" } }));
});`,
  );
  const { runId } = await engine.trigger("parent");
  expect(await engine.ended(runId)).toBe("failed");
  expect(await causeOf(engine, runId, "nowhere")).toContain("there is no DAG chid");
  expect(await causeOf(engine, runId, "unfit")).toMatch(/\bn\b/);
  expect(await runsOf(engine, "child")).toEqual([]);
});

test("a run, a task, and a group of another DAG are waited for without a slot", async () => {
  await using engine = await startWithPool();
  await engine.deploy(
    CHILD(),
    `
import { dag, waitForGroup, waitForRun, waitForTask } from "millrace";
export const parent = dag("parent", ({ sensor }) => {
  const how = { timeout: "5m", every: "50ms", mode: "defer", pool: "one" } as const;
  sensor("run", how, waitForRun({ dagId: "child" }));
  sensor("task", how, waitForTask({ dagId: "child", taskId: "waits" }));
  sensor("group", how, waitForGroup({ dagId: "child", groupId: "tail" }));
  sensor("typo", how, waitForTask({ dagId: "child", taskId: "wait" }));
});`,
  );
  const { runId } = await engine.trigger("parent", { logicalDate: AT });
  await untilState(engine, runId, { run: "deferred", task: "deferred", group: "deferred", typo: "failed" });
  expect(await causeOf(engine, runId, "typo")).toContain("has no task wait; did you mean waits?");
  const child = await engine.trigger("child", { logicalDate: AT, runKey: "by-hand" });
  await untilState(engine, child.runId, { waits: "running" });
  go();
  expect(await engine.ended(runId)).toBe("failed");
  expect(await engine.states(runId)).toMatchObject({ run: "success", task: "success", group: "success" });
  for (const taskId of ["run", "task", "group"])
    expect(await resultOf(engine, runId, taskId)).toEqual({
      dagId: "child",
      runs: [{ runId: "by-hand", logicalDate: DAY }],
    });
});

test("a time is waited for once and exactly, as a task and as a sensor with its timeout", async () => {
  await using engine = await startEngine();
  await engine.deploy(`
import { dag, waitAfterInterval, waitUntil, waitUntilTime } from "millrace";
export const waits = dag("waits", ({ task, sensor }) => {
  const soon = task("soon", (_, { now }) => new Date(Date.parse(now()) + 600).toISOString());
  task("until", waitUntil({ at: soon }));
  task("past", waitUntil({ at: "{{ ds }}T06:00", zone: "Europe/Berlin" }));
  task("time", waitUntilTime({ time: "09:00" }));
  task("interval", waitAfterInterval({ delay: "1h" }));
  sensor("late", { timeout: "300ms", mode: "defer" }, waitUntil({ at: "2200-01-01T00:00Z" }));
});`);
  const { runId } = await engine.trigger("waits", { logicalDate: AT });
  expect(await engine.ended(runId)).toBe("failed");
  expect(await engine.states(runId)).toMatchObject({ until: "success", late: "failed" });
  expect(await causeOf(engine, runId, "late")).toContain("did not come within 0.3 s");
  expect(await resultOf(engine, runId, "past")).toEqual({ until: "2025-10-01T04:00:00+00:00" });
  expect(await resultOf(engine, runId, "time")).toEqual({ until: "2025-10-01T09:00:00+00:00" });
  expect(await resultOf(engine, runId, "interval")).toEqual({ until: "2025-10-01T01:00:00+00:00" });
  const [attempt] = await engine.store.queries.listTries({ runId, taskId: "until", mapIndex: -1 });
  const { until } = (await resultOf(engine, runId, "until")) as { until: string };
  expect(attempt.endedAt as number).toBeGreaterThanOrEqual(Date.parse(until) * 1_000);
  expect(attempt.tryNumber).toBe(1);
});
