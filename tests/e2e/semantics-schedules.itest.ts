// Schedules, catch-up, assets and past-dependence through the real engine.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { RunDetail, RunSummary } from "@millrace/core";
import { formatInstant } from "@millrace/core";
import { compileDags } from "../harness/compile-dags.ts";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { clearRun, finishRun, resultOf } from "../harness/finish-run.ts";

const MINUTE = 60_000_000;
let engine: EngineHarness;
let start: number;
beforeAll(async () => {
  engine = await startEngine();
  start = Math.floor((await engine.store.engine.now()) / MINUTE) * MINUTE - 10 * MINUTE;
  const text = await readFile(join(import.meta.dirname, "dags/schedules.dag.ts"), "utf8");
  const source = text.replace("declare const START: string;", `const START = ${JSON.stringify(formatInstant(start))};`);
  await engine.deploy(compileDags(source, "schedules.dag.ts"));
});
afterAll(() => engine.stop());

/** Runs of a DAG by logical date, when there are so many and all have ended. */
const runs = (dagId: string, count: number): Promise<readonly RunSummary[]> =>
  vi.waitFor(
    async () => {
      const { items } = await engine.store.queries.listRuns({ dagId });
      const open = items.filter(({ state }) => state === "running" || state === "queued");
      if (items.length < count || open.length > 0)
        throw new Error(`${dagId} has ${items.map(({ runKey, state }) => `${runKey} ${state}`).join(", ")}`);
      return items.toReversed();
    },
    { timeout: 15_000, interval: 20 },
  );
/** Minutes after the start. */
const minutes = (at: number): number => (at - start) / MINUTE;

describe("a schedule", () => {
  test("with catch-up makes each missed run, in order, no more at once than allowed, and latest-only lets the newest on", async () => {
    const made = await runs("catches_up", 4);
    expect(made.map(({ logicalDate }) => minutes(logicalDate))).toEqual([0, 1, 2, 3]);
    expect(made.map(({ runKey }) => runKey)[0]).toBe(`scheduled__${formatInstant(start)}`);
    expect(await resultOf(engine, made[1].runId, "always")).toEqual({
      logicalDate: formatInstant(start + MINUTE),
      start: formatInstant(start + MINUTE),
      end: formatInstant(start + 2 * MINUTE),
    });
    const starts = made.map(({ startedAt }) => startedAt ?? 0);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts[2]).toBeGreaterThanOrEqual(Math.min(made[0].endedAt ?? 0, made[1].endedAt ?? 0));
    const states = await Promise.all(made.map(({ runId }) => engine.states(runId)));
    expect(states[0].only_latest).toBe("skipped");
    expect(states[3].only_latest).toBe("success");
  });

  test("without catch-up makes the latest one only, and once() one at the start", async () => {
    // Ten minutes have passed, or a little more.
    expect(minutes((await runs("latest", 1))[0].logicalDate)).toBeGreaterThanOrEqual(9);
    expect((await runs("just_once", 1)).map(({ logicalDate }) => minutes(logicalDate))).toEqual([0]);
  });

  test("of listed instants, and a custom one with its own intervals and logical dates", async () => {
    expect((await runs("listed", 2)).map(({ logicalDate }) => minutes(logicalDate))).toEqual([0, 1]);
    const made = await runs("custom", 2);
    expect(made.map(({ logicalDate }) => minutes(logicalDate))).toEqual([0.5, 1.5]);
    expect(made.map((run) => [minutes(run.intervalStart), minutes(run.intervalEnd)])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test("that is continuous makes the next run when one has ended, until the DAG is paused", async () => {
    await engine.send("goes_on", { kind: "pause", paused: false });
    await vi.waitFor(async () => {
      const { items } = await engine.store.queries.listRuns({ dagId: "goes_on" });
      expect(items.filter(({ state }) => state === "success").length).toBeGreaterThanOrEqual(3);
    }, 15_000);
    await engine.send("goes_on", { kind: "pause", paused: true });
    const [last, before] = (await engine.store.queries.listRuns({ dagId: "goes_on" })).items;
    expect(last.startedAt ?? Infinity).toBeGreaterThanOrEqual(before.endedAt ?? 0);
    expect(last.intervalStart).toBe(before.intervalEnd);
  });
});

test("a run for a date in the future waits for it, and keeps no other from beginning", async () => {
  const now = await engine.store.engine.now();
  const far = await engine.trigger("later", { logicalDate: now + 60 * MINUTE });
  const near = await engine.trigger("later", { logicalDate: now + 1_000_000 });
  await engine.send("later", { kind: "pause", paused: false });
  expect(await engine.ended(near.runId)).toBe("success");
  const found = await engine.store.queries.findRunById(near.runId);
  expect(found?.startedAt ?? 0).toBeGreaterThanOrEqual(now + 1_000_000);
  await vi.waitFor(async () => {
    const { items } = await engine.store.queries.listRuns({ dagId: "later" });
    expect(items.some(({ runType, state }) => runType === "scheduled" && state === "success")).toBe(true);
    expect(items.find(({ runId }) => runId === far.runId)?.state).toBe("queued");
  }, 15_000);
  await engine.send("later", { kind: "pause", paused: true });
});

describe("assets", () => {
  test("start the DAGs that follow them: any of them, all of them, and failures update nothing", async () => {
    await finishRun(engine, "makes_prices");
    expect(await runs("either", 1)).toHaveLength(1);
    expect((await runs("or_time", 2)).map(({ runType }) => runType).sort()).toEqual(["asset_triggered", "scheduled"]);
    expect((await engine.store.queries.listRuns({ dagId: "both" })).items).toEqual([]);
    const orders = await finishRun(engine, "makes_orders");
    const [run] = await runs("both", 1);
    expect([run.runType, run.state]).toEqual(["asset_triggered", "success"]);
    expect(await resultOf(engine, run.runId, "read")).toEqual([
      { uri: "x-test://prices", extra: {}, taskId: "write" },
      { uri: "x-test://orders", extra: { by: orders.runKey }, taskId: "write" },
    ]);
    await finishRun(engine, "makes_orders");
    expect(await runs("either", 3)).toHaveLength(3);
    // What it consumed counts no more: it waits for prices again.
    expect((await engine.store.queries.listRuns({ dagId: "both" })).items).toHaveLength(1);
  });
});

test("a DAG that is paused collects no updates, but keeps those that it had", async () => {
  const made = async (): Promise<number> => (await engine.store.queries.listRuns({ dagId: "idle" })).items.length;
  await finishRun(engine, "makes_idle_orders");
  await engine.send("idle", { kind: "pause", paused: true });
  await finishRun(engine, "makes_idle_prices");
  await engine.send("idle", { kind: "pause", paused: false });
  await finishRun(engine, "makes_idle_orders");
  expect(await made()).toBe(0);
  await finishRun(engine, "makes_idle_prices");
  expect(await runs("idle", 1)).toHaveLength(1);
});

describe("a task that depends on the past", () => {
  test("waits for its success in the run before, and for what is below that when it says so", async () => {
    const at = async (n: number): Promise<RunDetail | undefined> =>
      engine.store.queries.findRun("past", `scheduled__${formatInstant(start + n * MINUTE)}`);
    const states = async (n: number): Promise<Readonly<Record<string, string>>> =>
      engine.states((await at(n))?.runId ?? 0);
    await vi.waitFor(async () => {
      expect(await states(0)).toEqual({ step: "success", own: "success", below: "failed", free: "success" });
      expect(await states(1)).toEqual({ step: "failed", own: "none", below: "none", free: "success" });
      expect(await states(2)).toEqual({ step: "none", own: "none", below: "none", free: "success" });
    }, 15_000);
    const [first, second] = [await at(0), await at(1)] as [RunDetail, RunDetail];
    await clearRun(engine, "past", first, { select: { taskIds: ["below"] } });
    await engine.send("past", { kind: "clear", runKey: second.runKey, select: { taskIds: ["step"] }, version: "same" });
    const made = await runs("past", 3);
    expect(made.map(({ state }) => state)).toEqual(["success", "success", "success"]);
  });
});

test("a DAG that fails too often in a row is paused", async () => {
  await finishRun(engine, "gives_up");
  expect((await engine.store.queries.findDag("gives_up"))?.paused).toBe(false);
  await finishRun(engine, "gives_up");
  await vi.waitFor(async () => expect((await engine.store.queries.findDag("gives_up"))?.paused).toBe(true), 20_000);
});
