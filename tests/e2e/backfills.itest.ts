// Backfills through the real engine: which runs are made or cleared, in which order, how many at a time, and what survives.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { formatInstant, parseInstant, type BackfillInfo, type BackfillWish, type RunSummary } from "@millrace/core";
import { openPool } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const DAGS = `
  import { cron, dag } from "millrace";
  const daily = { schedule: cron("0 0 * * *"), start: "2100-01-01" };
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  export const plain = dag("plain", { ...daily, maxActiveRuns: 1 }, ({ task }) => {
    const first = task("first", { }, async (_, ctx) => { await pause(20); return ctx.conf.factor ?? 1; });
    const second = task("second", { input: { first } }, ({ first }) => first * 2);
    task("third", { after: [second] }, () => undefined);
  });
  export const fails = dag("fails", daily, ({ task }) => {
    const good = task("good", () => undefined);
    task("bad", { after: [good] }, (_, { logicalDate, tryNumber }) => {
      if (tryNumber === 1 && logicalDate.toString().startsWith("2025-01-02")) throw new Error("not this day");
    });
  });
  export const wide = dag("wide", { ...daily, maxActiveTasks: 100 }, ({ map }) => {
    map("many", { each: { n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }, pool: "two" }, () => pause(10));
  });
  export const other = dag("other", ({ map }) => {
    map("some", { each: { n: [1, 2, 3, 4] }, pool: "two" }, () => pause(10));
  });
  export const chained = dag("chained", daily, ({ task }) => {
    task("only", { dependsOnPast: true }, () => undefined);
  });
`;

let database: Awaited<ReturnType<typeof testDatabase>>;
let engine: EngineHarness;
beforeEach(async () => {
  database = await testDatabase();
  engine = await startEngine({ url: database.url });
  await engine.store.queries.setPool({ pool: "two", slots: 2, description: "", includeDeferred: false, order: "fair" });
  await engine.deploy(DAGS);
});
afterEach(async () => {
  await engine.stop();
  await database.drop();
});

const at = (text: string): number => parseInstant(text, "UTC");
const wish = (dagId: string, part: Partial<BackfillWish> = {}): BackfillWish => ({
  dagId,
  from: at("2025-01-01"),
  to: at("2025-01-05"),
  reprocess: "none",
  reverse: false,
  maxActiveRuns: 2,
  conf: null,
  ...part,
});
const create = (dagId: string, part?: Partial<BackfillWish>): Promise<BackfillInfo> =>
  engine.store.queries.createBackfill(wish(dagId, part), "user:test");
const info = async ({ backfillId }: BackfillInfo): Promise<BackfillInfo> => {
  const found = await engine.store.queries.findBackfill(backfillId);
  if (!found) throw new Error(`no backfill ${backfillId}`);
  return found;
};
const ended = async (backfill: BackfillInfo): Promise<BackfillInfo> =>
  await vi.waitFor(
    async () => {
      const now = await info(backfill);
      expect(now.state).toBe("ended");
      return now;
    },
    { timeout: 20_000, interval: 20 },
  );
/** Runs of a DAG, the first made first. */
const runsOf = async (dagId: string): Promise<readonly RunSummary[]> =>
  (await engine.store.queries.listRuns({ dagId })).items.toSorted((a, b) => a.runId - b.runId);
const dayOf = ({ logicalDate }: { readonly logicalDate: number }): string => formatInstant(logicalDate).slice(5, 10);
/** How many of these were unfinished at the same time. */
function mostAtOnce(runs: readonly RunSummary[]): number {
  return Math.max(
    ...runs.map(
      ({ queuedAt }) => runs.filter((run) => run.queuedAt <= queuedAt && (run.endedAt ?? Infinity) > queuedAt).length,
    ),
  );
}

test("the missing runs are made, oldest first, no more at once than it may have, whatever limit the DAG has", async () => {
  await engine.ended((await engine.trigger("plain", { logicalDate: at("2025-01-03"), runKey: "mine" })).runId);
  const backfill = await ended(await create("plain", { conf: '{"factor":21}' }));
  const runs = await runsOf("plain");
  expect(runs.map((run) => [run.runKey, dayOf(run), run.runType, run.state])).toEqual([
    ["mine", "01-03", "manual", "success"],
    ["backfill__2025-01-01T00:00:00+00:00", "01-01", "backfill", "success"],
    ["backfill__2025-01-02T00:00:00+00:00", "01-02", "backfill", "success"],
    ["backfill__2025-01-04T00:00:00+00:00", "01-04", "backfill", "success"],
    ["backfill__2025-01-05T00:00:00+00:00", "01-05", "backfill", "success"],
  ]);
  expect(mostAtOnce(runs.slice(1))).toBe(2);
  expect(runs[1]).toMatchObject({ intervalEnd: at("2025-01-02"), triggeredBy: `backfill:${backfill.backfillId}` });
  expect(
    await engine.store.queries.findXCom({ runId: runs[4].runId, taskId: "second", mapIndex: -1 }, "return_value"),
  ).toMatchObject({ json: "42" });
  expect(backfill.counts).toEqual({ success: 4 });
  // Nothing is left to do for the same range.
  expect((await ended(await create("plain"))).counts).toEqual({});
});

test("newest first when reverse is wanted, and not for tasks that depend on the past", async () => {
  await ended(await create("plain", { reverse: true, maxActiveRuns: 1 }));
  expect((await runsOf("plain")).map(dayOf)).toEqual(["01-05", "01-04", "01-03", "01-02", "01-01"]);
  await ended(await create("chained", { maxActiveRuns: 3 }));
  const runs = await runsOf("chained");
  expect(runs.map(({ state }) => state)).toEqual(Array(5).fill("success"));
  const ends = runs.map(({ endedAt }) => endedAt ?? 0);
  expect(ends).toEqual([...ends].sort((a, b) => a - b));
});

test("failed runs run their failed tasks again, completed ones everything, running ones are left alone", async () => {
  await ended(await create("fails"));
  const states = async (): Promise<readonly string[]> => (await runsOf("fails")).map(({ state }) => state);
  expect(await states()).toEqual(["success", "failed", "success", "success", "success"]);
  const again = await ended(await create("fails", { reprocess: "failed" }));
  expect(again.counts).toEqual({ success: 1 });
  expect(await states()).toEqual(Array(5).fill("success"));
  const tries = async (runId: number): Promise<unknown> =>
    Object.fromEntries((await engine.store.engine.loadRun(runId))!.instances.map((row) => [row.taskId, row.tryNumber]));
  const [first, second] = await runsOf("fails");
  expect(await tries(second.runId)).toEqual({ good: 1, bad: 2 });
  const all = await ended(await create("fails", { reprocess: "completed" }));
  expect(all.counts).toEqual({ success: 5 });
  expect(await tries(first.runId)).toEqual({ good: 2, bad: 2 });
  expect(await tries(second.runId)).toEqual({ good: 2, bad: 3 });
  expect(await runsOf("fails")).toHaveLength(5);
});

test("it can be paused, resumed and cancelled; runs that have begun go on; one DAG has one that is open", async () => {
  const backfill = await create("plain", { to: at("2025-03-01"), maxActiveRuns: 1 });
  await expect(create("plain")).rejects.toThrow(`a backfill that is running (${backfill.backfillId})`);
  await vi.waitFor(async () => expect((await runsOf("plain")).length).toBeGreaterThan(2), 10_000);
  await engine.store.queries.setBackfillState(backfill.backfillId, "paused");
  await vi.waitFor(async () => {
    const runs = await runsOf("plain");
    expect(runs.every(({ state }) => state === "success")).toBe(true);
  }, 10_000);
  // The pause reaches the owner with its next look; from then on nothing is made.
  await vi.waitFor(async () => {
    const before = (await runsOf("plain")).length;
    await engine.ended((await engine.trigger("other")).runId);
    expect((await runsOf("plain")).length).toBe(before);
  }, 10_000);
  const before = (await runsOf("plain")).length;
  await engine.store.queries.setBackfillState(backfill.backfillId, "running");
  await vi.waitFor(async () => expect((await runsOf("plain")).length).toBeGreaterThan(before), 10_000);
  const cancelled = await engine.store.queries.setBackfillState(backfill.backfillId, "cancelled");
  expect(cancelled).toMatchObject({ state: "cancelled", endedAt: expect.any(Number) as number });
  await expect(engine.store.queries.setBackfillState(backfill.backfillId, "running")).rejects.toThrow(
    "is cancelled already",
  );
  await expect(engine.store.queries.setBackfillState(999, "paused")).rejects.toThrow("no backfill 999");
  await ended(await create("plain", { to: at("2025-01-02") }));
});

test("only the chosen tasks are part of its runs", async () => {
  await ended(await create("plain", { to: at("2025-01-01"), taskIds: ["first", "second"] }));
  const [run] = await runsOf("plain");
  expect(await engine.states(run.runId)).toEqual({ first: "success", second: "success", third: "removed" });
});

test("a paused DAG's backfill waits until the DAG is unpaused", async () => {
  await engine.send("plain", { kind: "pause", paused: true });
  const backfill = await create("plain", { to: at("2025-01-02") });
  await engine.ended((await engine.trigger("other")).runId);
  expect(await runsOf("plain")).toEqual([]);
  await engine.send("plain", { kind: "pause", paused: false });
  expect((await ended(backfill)).counts).toEqual({ success: 2 });
});

test("it leaves every second turn in a pool to others, and a DAG's own limits to its own runs", async () => {
  const backfill = await create("wide", { to: at("2025-01-20"), maxActiveRuns: 5 });
  await vi.waitFor(async () => expect((await info(backfill)).counts.running).toBe(5), 10_000);
  const manual = await engine.trigger("other");
  expect(await engine.ended(manual.runId)).toBe("success");
  const { counts } = await info(backfill);
  expect(counts.success ?? 0).toBeLessThan(20);
  const own = await engine.trigger("wide");
  expect(await engine.ended(own.runId)).toBe("success");
  await ended(backfill);
});

test("a scheduler that takes over goes on where it was, and makes no run twice", async () => {
  const backfill = await create("plain", { to: at("2025-01-25"), maxActiveRuns: 3 });
  await vi.waitFor(async () => expect((await runsOf("plain")).length).toBeGreaterThan(4), 10_000);
  await engine.stop();
  engine = await startEngine({ url: database.url });
  const { counts } = await ended(backfill);
  expect(counts).toEqual({ success: 25 });
  const days = (await runsOf("plain")).map(dayOf);
  expect(days).toEqual([...new Set(days)]);
  expect(days).toHaveLength(25);
});

test("a DAG whose schedule is taken away stops nothing else, and its backfill goes on when it has dates again", async () => {
  const backfill = await create("plain", { to: at("2025-01-30"), maxActiveRuns: 1 });
  await vi.waitFor(async () => expect((await runsOf("plain")).length).toBeGreaterThan(1), 10_000);
  await engine.deploy(DAGS.replace('"plain", { ...daily, maxActiveRuns: 1 }', '"plain", { schedule: null }'));
  await vi.waitFor(async () => expect((await runsOf("plain")).every(({ endedAt }) => endedAt)).toBe(true), 10_000);
  expect(await engine.ended((await engine.trigger("other")).runId)).toBe("success");
  expect((await info(backfill)).state).toBe("running");
  await engine.deploy(DAGS);
  expect((await ended(backfill)).counts).toEqual({ success: 30 });
});

test("a walk past many dates that are done with is made in pieces, and notes how far it has come", async () => {
  const sql = await openPool({ url: database.url, max: 2 });
  await sql.query(`
    insert into millrace.dag_run (
      run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, triggered_by, queued_at, ended_at)
    select 1000000 + n, 'plain', 'old' || n, 'manual', 'success', 1, t, t, t, t, 'user:test', t, t
    from (select n, timestamptz '1970-01-01Z' + n * interval '1 day' as t from generate_series(0, 19000) n) s`);
  await sql.close();
  const backfill = await ended(await create("plain", { from: at("1970-01-01"), to: at("2022-01-01") }));
  expect(backfill.counts).toEqual({});
  expect(backfill.cursor).toBeGreaterThan(at("1970-01-01"));
});

test("a run that somebody has cleared before it could is theirs, and stays in the DAG's own limit", async () => {
  await engine.deploy(`
    import { dag, defer } from "millrace";
    export const single = dag("single", { maxActiveRuns: 1 }, ({ task }) => {
      task("waits", (_, { resumed }) => void (resumed ?? defer({ for: "1h" })));
    });
  `);
  const { runId, runKey } = await engine.trigger("single");
  await engine.committed((run) => run.runId === runId && run.instances.some(({ state }) => state === "deferred"));
  const clear = { kind: "clear", runKey, select: {}, version: "newest", backfillId: 7 } as const;
  expect(await engine.send("single", clear)).toMatchObject({ changed: 0 });
  await engine.send("single", { kind: "markRun", runKey, state: "failed" });
  const next = await engine.trigger("single");
  await engine.committed((run) => run.runId === next.runId && run.instances.some(({ state }) => state === "deferred"));
});
