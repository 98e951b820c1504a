import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabasePool } from "../postgres/index.ts";
import { makeRunLists } from "../run-lists-port.ts";
import { findExpired } from "../retention/find-expired.ts";
import { explainingPool } from "../testing/explaining-pool.ts";
import { aChange, aFile, anEnd, aQueue, aSet, testStore, type TestStore } from "../testing/test-store.ts";
import { readAssetEvents } from "./assets.ts";
import { makeOwnApiStore } from "../own-api/own-api-store.ts";
import { makeChangeFeed } from "./change-feed.ts";
import { claimDags } from "./claim-dags.ts";
import { commit } from "./commit.ts";
import { countTaskStates } from "./count-task-states.ts";
import { findDatedResults } from "./find-dated-results.ts";
import { findDispatch } from "./find-dispatch.ts";
import { findFirstTry } from "./find-first-try.ts";
import { findRun } from "./find-run.ts";
import { listChanges, listRuns } from "./list-runs.ts";
import { listTaskInstances } from "./list-task-instances.ts";
import { countFailedRuns, loadDags } from "./load-dags.ts";
import { findPreviousSuccess } from "./find-previous-success.ts";
import { findPreviousRunId, findRunId, loadLiveRuns, loadRun } from "./load-runs.ts";
import { readResults } from "./read-results.ts";
import { readState } from "./read-state.ts";
import { readWhy } from "./why.ts";

let store: TestStore;
beforeAll(async () => {
  store = await testStore();
  // 1 250 runs of 40 tasks in each of two partitions, all but the last 50 finished.
  const dagIds = Array.from({ length: 20 }, (_, index) => `dag-${String(index)}`);
  await store.engine.saveFiles([aFile("a.dag.ts", dagIds)], { complete: true, pausedUponCreation: false });
  for (const first of [1, 100_001]) await fill(first);
  for (const [table, columns] of [
    ["run_note", "run_id"],
    ["task_note", "run_id, task_id, map_index"],
  ])
    await store.sql(
      `insert into millrace.${table} (${columns}, note, by) select ${columns}, 'n', 'u' from millrace.${table === "run_note" ? "dag_run" : "task_instance"}`,
    );
  await store.sql("analyze");
});
afterAll(() => store.close());

async function fill(first: number): Promise<void> {
  if (first > 1) await store.engine.reserveRunIds(60_000);
  const range = `generate_series(${String(first)}, ${String(first + 1_249)}) i`;
  await store.sql(`insert into millrace.dag_run (run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, triggered_by, queued_at)
    select i, 'dag-' || i % 20, 'run-' || i, 'manual', case when i > 101200 then 'running' else 'success' end::millrace.run_state, 1, millrace.instant((i - i % 20)::bigint * 1000000), now(), now(), now(), 'u', now() from ${range}`);
  await store.sql(
    `insert into millrace.run_change (run_id, version, at, by, changes, counts) select i, v, now(), 1, '{}', '' from ${range}, generate_series(1, 40) v`,
  );
  await store.sql(
    `insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries) select i, 'task-' || t, -1, 'success', 1, 1 from ${range}, generate_series(1, 40) t`,
  );
  await store.sql(
    `insert into millrace.task_try (run_id, task_id, map_index, state, try_number, max_tries, restarts) select i, 'task-' || t, -1, 'failed', 1, 1, 0 from ${range}, generate_series(1, 40) t`,
  );
  await store.sql(
    `update millrace.task_instance set result = '7' where task_id = 'task-1' and run_id % 400 = 0 and run_id >= ${String(first)}`,
  );
  await store.sql(
    `insert into millrace.xcom (run_id, task_id, map_index, key, json, at) select i, 'task-' || t, -1, 'k', '8', now() from ${range}, generate_series(1, 20) t where t > 1 or i % 400 = 0`,
  );
  await store.sql(
    `insert into millrace.change_feed (run_ids, versions) select array[i, i], array[39, 40] from ${range}`,
  );
  await store.sql(
    `insert into millrace.asset_event (run_id, task_id, map_index, uri, at) select i, 'task-1', -1, 's3://' || case when i % 50 = 0 then 'hot' else i::text end, now() from ${range}`,
  );
}

/** What followed the beginning of the feed, as a stream that comes back reads it. */
async function readFeed(pool: DatabasePool): Promise<void> {
  const feed = makeChangeFeed(pool, () => undefined);
  const [{ place }] = await store.sql(
    "select epoch || '.' || (pruned_to::text::bigint + 1) || '.0.0' as place from millrace.change_feed_start",
  );
  const first = await feed.read(String(place), 50);
  if (first?.events.length !== 50) throw new Error("the feed has no page of 50 changes");
}

const LATEST = 101_240;
const AGO = 100_800;
const DAG = "dag-0";
const logicalDate = LATEST * 1_000_000;

const FIRST_PAGE = { limit: 100, offset: 0, descending: false };
const BY_KEY = { ...FIRST_PAGE, by: "key" } as const;

const HOT: readonly (readonly [string, (pool: DatabasePool) => Promise<unknown>, readonly string[]])[] = [
  [
    "commit",
    (pool) =>
      commit(pool, {
        schedulerId: 1,
        runs: [
          aChange(LATEST, {
            version: 41,
            run: { dueAt: null },
            instances: [anEnd("task-1"), aQueue("task-2", { newTry: true }), aSet("task-3")],
          }),
        ],
        answers: [],
        dagPatches: [],
      }),
    ["task_instance_100000_pkey", "dag_run_pkey"],
  ],
  [
    "loadLiveRuns",
    (pool) => loadLiveRuns(pool, [DAG]),
    ["dag_run_live", "task_instance_100000_pkey", "run_change_100000_pkey"],
  ],
  ["loadRun", (pool) => loadRun(pool, LATEST), ["dag_run_pkey", "task_instance_100000_pkey"]],
  ["loadDags", (pool) => loadDags(pool, [DAG]), []],
  ["countFailedRuns", (pool) => countFailedRuns(pool, [DAG]), ["logical_date_unique"]],
  ["findRunId", (pool) => findRunId(pool, DAG, `run-${String(LATEST)}`), ["run_key_unique"]],
  [
    "findPreviousRunId",
    (pool) => findPreviousRunId(pool, { dagId: DAG, logicalDate, scheduledOnly: false }),
    ["logical_date_unique"],
  ],
  [
    "findExpired",
    (pool) => findExpired(pool, [{ dagId: DAG, ageMicros: 0, maxRuns: 20 }], { most: 5 }),
    ["dag_run_by_dag", "logical_date_unique", "run_change_100000_pkey"],
  ],
  ["findPreviousSuccess", (pool) => findPreviousSuccess(pool, DAG, logicalDate), ["logical_date_unique"]],
  ["claimDags", (pool) => claimDags(pool, store.schedulerId), ["dag_run_live"]],
  ["readResults", (pool) => readResults(pool, [{ runId: LATEST, taskId: "task-1" }]), ["task_instance_100000_pkey"]],
  [
    "findDatedResults",
    (pool) => findDatedResults(pool, { dagId: DAG, taskId: "task-1", logicalDate: AGO * 1_000_000, orBefore: true }),
    ["logical_date_unique", "task_instance_100000_pkey"],
  ],
  [
    "findDatedResults of a key",
    (pool) => findDatedResults(pool, { dagId: DAG, taskId: "task-1", key: "k", logicalDate, orBefore: true }),
    ["logical_date_unique", "xcom_100000_pkey"],
  ],
  ["readAssetEvents", (pool) => readAssetEvents(pool, ["s3://hot"]), ["asset_event_100000_uri_event_id_idx"]],
  [
    "readState",
    (pool) => readState(pool, { dagId: DAG, logicalDate, taskId: "task-1" }),
    ["logical_date_unique", "task_instance_100000_pkey"],
  ],
  ["findRun by key", (pool) => findRun(pool, { dagId: DAG, runKey: "run-1" }), ["run_key_unique"]],
  ["findRun by date", (pool) => findRun(pool, { dagId: DAG, logicalDate }), ["logical_date_unique"]],
  ["countTaskStates", (pool) => countTaskStates(pool, LATEST, ["task-1", "task-2"]), ["task_instance_100000_pkey"]],
  [
    "findDispatch",
    (pool) => findDispatch(pool, { runId: LATEST, taskId: "task-1", mapIndex: -1 }),
    ["task_instance_100000_pkey"],
  ],
  [
    "findFirstTry",
    (pool) => findFirstTry(pool, { runId: LATEST, taskId: "task-1", mapIndex: -1 }),
    ["task_try_100000_pkey"],
  ],
  ["listRuns of a DAG", (pool) => listRuns(pool, { dagId: DAG }), ["logical_date_unique"]],
  ["listRuns of all", (pool) => listRuns(pool, {}), ["dag_run_pkey", "run_change_100000_pkey"]],
  ["listTaskInstances", (pool) => listTaskInstances(pool, { runId: LATEST }), ["task_instance_100000_pkey"]],
  [
    "why",
    (pool) => readWhy(pool, { dagId: DAG, runId: LATEST, mapIndex: 3 }),
    ["task_instance_100000_pkey", "run_change_100000_pkey", "dag_run_live", "logical_date_unique"],
  ],
  ["event feed", readFeed, ["change_feed_pkey", "run_change_100000_pkey", "dag_run_pkey"]],
  [
    "countCells",
    (pool) => makeOwnApiStore(pool).countCells([LATEST, LATEST - 20, LATEST - 40]),
    ["task_instance_100000_pkey"],
  ],
  [
    "runs of a DAG by offset",
    (pool) => makeRunLists(pool).listRuns({ dagIds: [DAG] }, { ...FIRST_PAGE, by: "runId" }),
    ["dag_run_by_dag"],
  ],
  [
    "runs of all by offset and date",
    (pool) => makeRunLists(pool).listRuns({ logicalDate: { from: logicalDate } }, { ...FIRST_PAGE, by: "logicalDate" }),
    ["dag_run_by_date"],
  ],
  [
    "unfinished runs by offset",
    (pool) => makeRunLists(pool).listRuns({ states: ["running"] }, { ...FIRST_PAGE, by: "runId" }),
    ["dag_run_live"],
  ],
  [
    "task instances of a run by offset",
    (pool) => makeRunLists(pool).listInstances({ dagIds: [DAG], runKeys: [`run-${LATEST}`] }, BY_KEY),
    ["run_key_unique", "task_instance_100000_pkey"],
  ],
  [
    "task instances in work by offset",
    (pool) => makeRunLists(pool).listInstances({ states: ["running", "queued"] }, BY_KEY),
    ["dag_run_live", "task_instance_100000_pkey"],
  ],
  [
    "XComs of a task instance by offset",
    (pool) => makeRunLists(pool).listXComs({ dagIds: [DAG], runKey: `run-${LATEST}`, taskId: "task-1" }, FIRST_PAGE),
    ["run_key_unique", "task_instance_100000_pkey", "xcom_100000_pkey"],
  ],
  ["listChanges", (pool) => listChanges(pool, LATEST, 39), ["run_change_100000_pkey"]],
];

// R1: what a commit or a page costs does not grow with what is stored.
test.each(HOT)("%s is served by its indexes", async (_name, work, indexes) => {
  const { pool, plans } = await explainingPool(store.url, { log_nested_statements: "on" });
  await work(pool);
  await pool.close();
  const text = plans.join("\n");
  for (const index of indexes) expect(text).toContain(index);
  expect(text).not.toMatch(/Seq Scan on (millrace\.)?(task_|run_change|xcom|dag_run|asset_event|change_feed f)/);
});
