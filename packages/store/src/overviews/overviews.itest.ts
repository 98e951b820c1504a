import { TASK_STATES } from "@millrace/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aFile, aGraph, testStore, type TestStore } from "../testing/test-store.ts";

/** More than a page looks at. */
const RUNS = 20_050;
const WIDE = 30_001;

let store: TestStore;
beforeAll(async () => {
  store = await testStore();
  const dags = ["orders", "stock", "idle", "busy"];
  const graph = aGraph("busy");
  await store.engine.saveFiles(
    [
      aFile("a.dag.ts", dags.slice(0, 3)),
      aFile("b.dag.ts", ["busy"], { graph: { ...graph, dag: { ...graph.dag, maxActiveRuns: 2 } } }),
    ],
    { complete: true, pausedUponCreation: false },
  );
  await store.sql(`insert into millrace.dag_run (run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, triggered_by, queued_at, started_at, ended_at)
    select i, 'orders', 'run-' || i, 'manual', 'success', 1, millrace.instant(i::bigint * 1000000), now(), now(), now(), 'user:ada', now(), now(), millrace.instant(i::bigint * 1000000)
    from generate_series(1, ${RUNS}) i`);
  await store.sql("update millrace.dag_run set triggered_by = 'user:bob' where run_id in (3, 60, 20000)");
}, 120_000);
afterAll(() => store.close());

async function addRun(runId: number, dagId: string, state: string, more = ""): Promise<void> {
  await store.sql(
    `insert into millrace.run_change (run_id, version, at, by, changes, counts) values ($1, 1, now(), 1, '{}', '0,0,0,1')`,
    [runId],
  );
  await store.sql(
    `insert into millrace.dag_run (run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, triggered_by, queued_at, started_at, ended_at)
     select $1::bigint, $2, 'run-' || $1::bigint, 'scheduled', $3::text::millrace.run_state, 1, millrace.instant($1::bigint * 1000000), now(), now(), now(), 'scheduler', now(), now(), case when $3::text = 'failed' then now() end`,
    [runId, dagId, state],
  );
  if (more !== "") await store.sql(`update millrace.dag_run set ${more} where run_id = $1`, [runId]);
}

test("what is rare is found page by page: a page looks at 20 000 runs and says where to go on", async () => {
  const byBob = { triggeredBy: "user:bob" };
  const first = await store.runLists.searchRuns(byBob);
  expect(first.items.map(({ runId }) => runId)).toEqual([20_000, 60]);
  const second = await store.runLists.searchRuns({ ...byBob, after: first.next });
  expect(second.items.map(({ runId }) => runId)).toEqual([3]);
  expect(second.next).toBeUndefined();
  const one = await store.runLists.searchRuns({ ...byBob, limit: 1, logicalDate: { from: 0 } });
  expect(one.items.map(({ runId }) => runId)).toEqual([20_000]);
  const next = await store.runLists.searchRuns({ ...byBob, logicalDate: { from: 0 }, after: one.next });
  expect(next.items.map(({ runId }) => runId)).toEqual([60, 3]);
  const ofDag = await store.runLists.searchRuns({ dagId: "orders", logicalDate: { to: 4_000_000 }, limit: 3 });
  expect(ofDag.items.map(({ runId }) => runId)).toEqual([4, 3, 2]);
  const rest = await store.runLists.searchRuns({
    dagId: "orders",
    logicalDate: { to: 4_000_000 },
    after: ofDag.next,
  });
  expect(rest.items.map(({ runId }) => runId)).toEqual([1]);
  expect(await store.runLists.searchRuns({ dagIds: ["stock"], limit: 5, states: ["failed"] })).toEqual({ items: [] });
});

test("a DAG is late when its run was due a minute ago, and why is told", async () => {
  const late = (dagId: string, owner: number | null): Promise<unknown> =>
    store.sql(
      `update millrace.dag set owner = $2, next_logical_date = now() - interval '1 hour', next_interval_start = now() - interval '1 hour', next_interval_end = now(), next_run_after = now() - interval '2 minutes' where dag_id = $1`,
      [dagId, owner],
    );
  await late("stock", store.schedulerId);
  await late("idle", null);
  await late("busy", store.schedulerId);
  await addRun(25_001, "busy", "running", "deadline_missed = true");
  await addRun(25_002, "busy", "queued");
  const home = await store.overviews.home();
  expect(home).toMatchObject({ running: 1, queued: 1, dags: 4, pausedDags: 0, late: { count: 3 }, next: [] });
  expect(Object.fromEntries(home.late.items.map(({ dagId, reason }) => [dagId, reason]))).toEqual({
    busy: "tooManyRuns",
    idle: "noScheduler",
    stock: "behind",
  });
  expect(home.pastDeadline).toMatchObject({ count: 1, items: [{ runId: 25_001, dagId: "busy" }] });
  await store.sql("update millrace.dag set paused = true where dag_id = 'idle'");
  await store.sql("update millrace.dag set next_run_after = now() - interval '30 seconds' where dag_id = 'stock'");
  const later = await store.overviews.home(["stock", "idle"]);
  expect(later).toMatchObject({ running: 0, dags: 2, pausedDags: 1, late: { count: 0 }, next: [{ dagId: "stock" }] });
});

test("failed runs of a day come with the first task that failed", async () => {
  await addRun(26_001, "stock", "failed");
  await addRun(26_002, "stock", "failed", "ended_at = now() - interval '25 hours'");
  await store.sql(`insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries, ended_at, cause) values
    (26001, 'a', -1, 'upstream_failed', 0, 1, null, null),
    (26001, 'b', 1, 'failed', 1, 1, now() - interval '1 second', '{"code":"X","message":"first"}'),
    (26001, 'c', -1, 'failed', 1, 1, now(), '{"code":"X","message":"second"}')`);
  const { failed } = await store.overviews.home();
  expect(failed).toMatchObject({
    count: 1,
    items: [{ runId: 26_001, taskId: "b", mapIndex: 1, cause: { message: "first" } }],
  });
});

test("DAGs come in the order of their last run or their next one, each once over all pages", async () => {
  for (const orderBy of ["dagId", "lastRun", "nextRun"] as const) {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.overviews.listDags({ orderBy, limit: 1, ...(after !== undefined && { after }) });
      seen.push(...page.items.map(({ dagId }) => dagId));
      expect(page.total).toBe(4);
      after = page.next;
    } while (after !== undefined);
    expect([...seen].sort()).toEqual(["busy", "idle", "orders", "stock"]);
    if (orderBy === "lastRun") expect(seen).toEqual(["stock", "busy", "orders", "idle"]);
    if (orderBy === "nextRun") expect(seen.at(-1)).toBe("orders");
  }
  const { items } = await store.overviews.listDags({ search: "ORD" });
  expect(items[0].recentRuns.map(({ runId }) => runId)).toEqual(Array.from({ length: 14 }, (_, i) => RUNS - i));
  expect(items[0].runCounts).toEqual({ success: RUNS });
  expect(await store.overviews.listDags({ search: "nothing" })).toEqual({ items: [], total: 0 });
});

test("activity counts what ended in the span and what goes on, and what there are too many of from where on", async () => {
  const at = (second: number): number => second * 1_000_000;
  expect(await store.overviews.activity({ from: at(10), to: at(20) })).toEqual({
    runs: [{ runType: "manual", state: "success", count: 10 }],
    instances: {},
  });
  const now = await store.engine.now();
  const { runs, instances } = await store.overviews.activity({ from: now - at(60), to: now + at(60) });
  expect(runs).toContainEqual({ runType: "scheduled", state: "running", count: 1 });
  expect(instances).toEqual({ [TASK_STATES[3]]: 3 });
});

test("positions of task instances count what is left of a placeholder, and every map index", async () => {
  await store.sql(
    `insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries) values (${WIDE}, 'a', -1, 'success', 1, 1), (${WIDE}, 'm', -1, 'removed', 0, 1), (${WIDE}, 'z', -1, 'none', 0, 1)`,
  );
  await store.sql(
    `insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries) select ${WIDE}, 'm', i, case when i % 100 = 0 then 'failed' else 'success' end::millrace.task_state, 1, 1 from generate_series(0, 9999) i`,
  );
  const at = async (offset: number, more: { readonly taskId?: string; readonly states?: readonly ["failed"] } = {}) => {
    const { items, total } = await store.overviews.instanceWindow({ runId: WIDE, offset, limit: 2, ...more });
    return [total, ...items.map(({ taskId, mapIndex }) => `${taskId}${mapIndex}`)];
  };
  expect(await at(0)).toEqual([10_003, "a-1", "m-1"]);
  expect(await at(2)).toEqual([10_003, "m0", "m1"]);
  expect(await at(5_002)).toEqual([10_003, "m5000", "m5001"]);
  expect(await at(10_001)).toEqual([10_003, "m9999", "z-1"]);
  expect(await at(10_003)).toEqual([10_003]);
  expect(await at(10_000, { taskId: "m" })).toEqual([10_001, "m9999"]);
  expect(await at(99, { states: ["failed"] })).toEqual([100, "m9900"]);
  expect(await at(0, { taskId: "none" })).toEqual([0]);
});

test("a save of a DAG keeps what it starts and waits for", async () => {
  const task = (taskId: string, dagId: string, does: string) => ({
    taskId,
    owner: "o",
    pool: "p",
    otherDag: { dagId, does },
    outlets: [],
  });
  const graph = { ...aGraph("stock"), tasks: [task("go", "orders", "triggers"), task("wait", "idle", "waitsFor")] };
  const save = (given: unknown, hash: string): Promise<unknown> =>
    store.engine.saveFiles(
      [aFile("a.dag.ts", ["orders", "idle"]), aFile("c.dag.ts", ["stock"], { graph: given as never, graphHash: hash })],
      {
        complete: false,
        pausedUponCreation: false,
      },
    );
  await save(graph, "2");
  expect(await store.overviews.listDagLinks({ limit: 10 })).toEqual([
    { from: "idle", to: "stock", via: "sensor", taskId: "wait" },
    { from: "stock", to: "orders", via: "trigger", taskId: "go" },
  ]);
  expect(await store.overviews.listDagLinks({ dagId: "orders", limit: 10 })).toHaveLength(1);
  await save({ ...graph, tasks: [] }, "3");
  expect(await store.overviews.listDagLinks({ limit: 10 })).toEqual([]);
});
