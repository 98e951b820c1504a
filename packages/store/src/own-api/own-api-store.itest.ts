import { afterAll, beforeAll, expect, test } from "vitest";
import { aFile, testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;
beforeAll(async () => {
  store = await testStore();
  await store.engine.saveFiles([aFile("a.dag.ts", ["orders", "stock"])], { complete: true, pausedUponCreation: false });
  // A run of 100 000 instances of one task, and a hundred small ones.
  await store.sql(`insert into millrace.dag_run (run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, triggered_by, queued_at)
    select i, 'orders', 'run-' || i, 'manual', 'success', 1, millrace.instant(i::bigint * 1000000), now(), now(), now(), 'u', now() from generate_series(1, 101) i`);
  await store.sql(`insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries, queued_at, started_at, ended_at)
    select 1, 'wide', i, case when i % 10 = 0 then 'failed' else 'success' end::millrace.task_state, 1 + i % 2, 1, millrace.instant(4000000 + i), millrace.instant(5000000 + i), millrace.instant(9000000 + i) from generate_series(0, 99999) i`);
  await store.sql(`insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries)
    select i, 'task-' || t, -1, 'none', 0, 1 from generate_series(2, 101) i, generate_series(1, 40) t`);
  await store.sql("analyze");
}, 120_000);
afterAll(() => store.close());

test("a run of 100 000 instances is one cell for each task, with when it was first queued, the first start and the last end", async () => {
  expect(await store.ownApi.countCells([1])).toEqual([
    {
      runId: 1,
      taskId: "wide",
      counts: { success: 90_000, failed: 10_000 },
      queuedAt: 4_000_000,
      startedAt: 5_000_000,
      endedAt: 9_099_999,
      tries: 2,
    },
  ]);
  const cells = await store.ownApi.countCells([1, 2, 3], ["wide", "task-1"]);
  expect(cells.map(({ runId, taskId }) => `${runId} ${taskId}`)).toEqual(["1 wide", "2 task-1", "3 task-1"]);
  expect(cells[1]).toEqual({ runId: 2, taskId: "task-1", counts: { none: 1 }, tries: 0 });
  expect(await store.ownApi.countCells([])).toEqual([]);
});

test("names are found by a part of them, runs by their beginning, only in DAGs that may be seen", async () => {
  const find = (text: string, more: { readonly dagId?: string; readonly dagIds?: readonly string[] } = {}) =>
    store.ownApi.find({ text, limit: 3, ...more });
  expect(await find("RDE")).toMatchObject({ dags: [{ dagId: "orders", paused: false }], runs: [] });
  expect((await find("o", { dagIds: ["stock"] })).dags).toEqual([{ dagId: "stock", paused: false }]);
  const newest = await find("run-1");
  expect(newest.runs.map(({ runKey }) => runKey)).toEqual(["run-101", "run-100", "run-19"]);
  expect((await find("run-1", { dagIds: ["stock"] })).runs).toEqual([]);
  expect((await find("run-2", { dagId: "orders" })).runs.map(({ runKey }) => runKey)).toEqual([
    "run-2",
    "run-20",
    "run-21",
  ]);
  // No wildcards.
  expect((await find("run_")).runs).toEqual([]);
  expect((await find("%")).dags).toEqual([]);
});

test("workers are told with the tries that they run, remote ones with their heartbeat", async () => {
  expect(await store.ownApi.listWorkers()).toEqual([]);
  await store.sql("update millrace.dag_run set state = 'running' where run_id = 2");
  await store.sql(`update millrace.task_instance set state = 'running', worker_id = case when task_id = 'task-3' then 'far' else 'near' end,
    started_at = millrace.instant(run_id * 1000), dispatch_id = gen_random_uuid() where run_id = 2 and task_id in ('task-1', 'task-2', 'task-3')`);
  await store.sql(`insert into millrace.remote_dispatch (dispatch_id, run_id, map_index, task_id, dispatch, heartbeat_at)
    select dispatch_id, run_id, map_index, task_id, '{}', millrace.instant(7000) from millrace.task_instance where task_id = 'task-3' and run_id = 2`);
  expect(await store.ownApi.listWorkers()).toEqual([
    { workerId: "far", running: 1, since: 2_000, heartbeatAt: 7_000 },
    { workerId: "near", running: 2, since: 2_000 },
  ]);
});

test("a key keeps its first request, and its answer", async () => {
  const request = { caller: "user:ada", key: "k", hash: "h", runKey: "r1" };
  expect(await store.ownApi.claimKey(request)).toEqual({ hash: "h", runKey: "r1" });
  expect(await store.ownApi.claimKey({ ...request, hash: "other", runKey: "r2" })).toEqual({ hash: "h", runKey: "r1" });
  await store.ownApi.answerKey(request, '{"ok":true}');
  expect(await store.ownApi.claimKey(request)).toEqual({ hash: "h", runKey: "r1", answer: '{"ok":true}' });
  expect(await store.ownApi.claimKey({ ...request, caller: "user:bob", runKey: "r3" })).toEqual({
    hash: "h",
    runKey: "r3",
  });
  await store.sql("update millrace.idempotency_key set at = now() - interval '25 hours' where caller = 'user:ada'");
  await store.ownApi.claimKey({ ...request, key: "another" });
  expect(await store.ownApi.claimKey({ ...request, runKey: "r9" })).toEqual({ hash: "h", runKey: "r9" });
});
