// Pools, limits, priorities and fairness through the real engine, judged by what was committed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { commitsOf, deployFiles, finishRun, mostAtOnce } from "../harness/finish-run.ts";

let engine: EngineHarness;
const warnings: string[] = [];
const POOLS = { three: 3, one: 1, shared: 2, strict: 2 };
beforeAll(async () => {
  const note = (fields: object, text: string): void => void warnings.push(`${text} ${JSON.stringify(fields)}`);
  const silent = (): void => undefined;
  engine = await startEngine({ log: { debug: silent, info: silent, warn: note, error: note } });
  for (const [pool, slots] of Object.entries(POOLS)) {
    const order = pool === "strict" ? "priority" : "fair";
    await engine.store.queries.setPool({ pool, slots, description: "", includeDeferred: false, order });
  }
  await deployFiles(engine, "limits.dag.ts");
});
afterAll(() => engine.stop());

/** Task ids in the order in which they were queued. */
async function order(runIds: readonly number[]): Promise<readonly string[]> {
  const queued = (await commitsOf(engine, runIds)).flat().filter(({ state }) => state === "queued");
  return queued.map(({ runId, taskId }) => `${runId} ${taskId}`);
}

describe("a pool", () => {
  test("never has more slots in use than it has, and a task that needs more than all of them never runs", async () => {
    const { runId, runKey } = await engine.trigger("pooled");
    await engine.committed((run) => run.runId === runId && run.instances.some(({ state }) => state === "success"));
    while (Object.values(await engine.states(runId)).filter((state) => state === "success").length < 12)
      await engine.committed((run) => run.runId === runId);
    expect((await engine.states(runId)).too_big).toBe("scheduled");
    expect(await mostAtOnce(engine, [runId], (taskId) => taskId === "two_slots")).toBe(1);
    expect(await mostAtOnce(engine, [runId])).toBeLessThanOrEqual(3);
    await engine.send("pooled", { kind: "markRun", runKey, state: "failed" });
  });

  test("that does not exist holds a task back, and somebody is told", async () => {
    const { runId, runKey } = await engine.trigger("nowhere");
    expect(await engine.states(runId)).toEqual({ waits: "scheduled" });
    expect(warnings.join("\n")).toMatch(/nowhere.*no_such_pool|no_such_pool.*nowhere/);
    await engine.send("nowhere", { kind: "markRun", runKey, state: "failed" });
  });
});

describe("limits", () => {
  test("of a DAG bound its task instances and its runs", async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, () => engine.trigger("narrow")));
    const runIds = runs.map(({ runId }) => runId);
    await Promise.all(runIds.map((runId) => engine.ended(runId)));
    expect(await mostAtOnce(engine, runIds)).toBe(3);
    const rows = await Promise.all(runIds.map((runId) => engine.store.queries.findRunById(runId)));
    const moments = rows.flatMap((row) => [
      { at: row?.startedAt ?? 0, by: 1 },
      { at: row?.endedAt ?? 0, by: -1 },
    ]);
    let running = 0;
    const most = moments.sort((a, b) => a.at - b.at || a.by - b.by).map(({ by }) => (running += by));
    expect(Math.max(...most)).toBe(2);
  });

  test("of a task bound it over all runs, or in each", async () => {
    const runs = await Promise.all(Array.from({ length: 3 }, () => engine.trigger("per_dag")));
    const runIds = runs.map(({ runId }) => runId);
    await Promise.all(runIds.map((runId) => engine.ended(runId)));
    expect(await mostAtOnce(engine, runIds, (taskId) => taskId === "one_at_a_time")).toBe(1);
    expect(await mostAtOnce(engine, runIds, (taskId) => taskId === "two_per_run")).toBeGreaterThan(2);
    for (const runId of runIds)
      expect(await mostAtOnce(engine, [runId], (taskId) => taskId === "two_per_run")).toBeLessThanOrEqual(2);
  });
});

test("the effective priority decides who goes first", async () => {
  const { runId } = await finishRun(engine, "ordered");
  const started = (await order([runId])).map((entry) => entry.split(" ")[1]);
  // absolute 10; head: 2 + 2 + 3 below it; middle 5; tail 2 + 3; low 1; last: 3 + 2 + 2 + 1 above it.
  expect(started).toEqual(["high", "head", "middle", "tail", "low", "last"]);
});

describe("fairness", () => {
  test("a DAG with one task does not wait for another's forty", async () => {
    const large = await engine.trigger("large");
    const small = await engine.trigger("small");
    await Promise.all([engine.ended(large.runId), engine.ended(small.runId)]);
    const all = await order([large.runId, small.runId]);
    expect(all.indexOf(`${small.runId} only`)).toBeLessThan(20);
  });

  test("a pool ordered by priority lets the important go first", async () => {
    const important = await engine.trigger("important");
    const humble = await engine.trigger("humble");
    await Promise.all([engine.ended(important.runId), engine.ended(humble.runId)]);
    expect((await order([important.runId, humble.runId])).at(-1)).toBe(`${humble.runId} only`);
  });
});
