import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeAccounts } from "../accounts-port.ts";
import { makeDagLists } from "../dag-lists-port.ts";
import { makeAudit } from "../make-audit.ts";
import { makeOverviews } from "../overviews/make-overviews.ts";
import { makeOwnApiStore } from "../own-api/own-api-store.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { makeRunLists } from "../run-lists-port.ts";
import { explainingPool } from "../testing/explaining-pool.ts";
import { testStore, type TestStore } from "../testing/test-store.ts";
import { makeChangeFeed } from "./change-feed.ts";
import { findDag } from "./list-dags.ts";
import { findRunById, listRuns } from "./list-runs.ts";
import { makeTotals } from "./totals.ts";

// 10 000 DAGs of two versions; 25 000 runs of 40 tasks in two partitions, 1 000 of them of one DAG, the last 250 unfinished; a run of 5 000 more instances.
const DAGS = 10_000;
const BUSY_DAG = "dag-00000";
const RUNS_OF_PARTITION = 12_500;
const NEWEST = 100_000 + RUNS_OF_PARTITION;
const BIG = NEWEST - 1;
const MAPPED = 5_000;
const TOKENS = 10_000;
const AUDIT_ENTRIES = 100_000;

let store: TestStore;
beforeAll(async () => {
  store = await testStore();
  await store.engine.reserveRunIds(60_000);
  await fillDags();
  for (const first of [1, 100_001]) await fillRuns(first);
  await store.sql(
    `insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries) select ${BIG}, 'mapped', m, 'success', 1, 1 from generate_series(1, ${MAPPED}) m`,
  );
  await store.sql("insert into millrace.run_note (run_id, note, by) select run_id, 'n', 'u' from millrace.dag_run");
  await store.sql(
    "insert into millrace.task_note (run_id, task_id, map_index, note, by) select run_id, 'task-1', -1, 'n', 'u' from millrace.dag_run",
  );
  await fillPeople();
  await store.sql("select millrace.fold_totals(2147483647)");
  await store.sql("vacuum analyze");
}, 240_000);
afterAll(() => store.close());

async function fillDags(): Promise<void> {
  // What follows a new version, such as names for the search, is beside the matter and would take most of the time.
  await store.sql("alter table millrace.dag_version disable trigger user");
  await store.sql("insert into millrace.bundle (bundle_hash, file, code, source) values ('h', 'a.dag.ts', 'c', 's')");
  await store.sql(
    `insert into millrace.dag (dag_id, file, paused, version) select 'dag-' || lpad(i::text, 5, '0'), i / 10 || '.dag.ts', i % 5 = 0, 2 from generate_series(0, ${DAGS - 1}) i`,
  );
  // Graphs beyond 2 kB that do not compress lie outside of the table's rows, as those of most DAGs do.
  await store.sql(`insert into millrace.dag_version (dag_id, version, bundle_hash, graph_hash, lock_hash, graph, tags, owners, pools, summary)
    select 'dag-' || lpad(i::text, 5, '0'), v, 'h', 'g', 'l', '{"dag":{"tags":[],"schedule":{"kind":"none"},"doc":"' || (select string_agg(md5((i * v + n)::text), '') from generate_series(1, 70) n) || '"},"tasks":[],"groups":[]}',
      array['all', 'team-' || i % 100], array['owner'], array['default'], '{"schedule":{"kind":"none"}}'
    from generate_series(0, ${DAGS - 1}) i, generate_series(1, 2) v`);
  await store.sql("alter table millrace.dag_version enable trigger user");
}

async function fillRuns(first: number): Promise<void> {
  const range = `generate_series(${first}, ${first + RUNS_OF_PARTITION - 1}) i`;
  // A run that is made as ended takes its counts from its newest change.
  await store.sql(
    `insert into millrace.run_change (run_id, version, at, by, changes, counts) select i, v, now(), 1, '{}', '0,0,0,0,0,0,0,0,40,0,0,0,0' from ${range}, generate_series(1, 4) v`,
  );
  await store.sql(`insert into millrace.dag_run (run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after, triggered_by, queued_at, started_at, ended_at)
    select i, 'dag-' || lpad((case when i % 25 = 0 then 0 else i % ${DAGS} end)::text, 5, '0'), 'run-' || i, 'manual', case when i > ${NEWEST - 250} then 'running' when i = 7 then 'failed' else 'success' end::millrace.run_state, 1,
      millrace.instant(i::bigint * 1000000), now(), now(), now(), 'u', now(), now() - i * interval '1 second',
      case when i <= ${NEWEST - 250} then millrace.instant(i::bigint * 1000000) end from ${range}`);
  await store.sql(
    `insert into millrace.task_instance (run_id, task_id, map_index, state, try_number, max_tries, started_at, ended_at) select i, 'task-' || t, -1, 'success', 1, 1, now(), now() from ${range}, generate_series(1, 40) t`,
  );
  await store.sql(`insert into millrace.change_feed (run_ids, versions) select array[i, i], array[3, 4] from ${range}`);
}

async function fillPeople(): Promise<void> {
  await store.sql(
    `insert into millrace.account (username, email, first_name, last_name, origin) select 'user-' || i, 'user-' || i || '@example.com', '', '', 'local' from generate_series(1, 1000) i`,
  );
  await store.sql("insert into millrace.role (name) values ('Viewer')");
  await store.sql(
    "insert into millrace.account_role (user_id, role_id) select user_id, role_id from millrace.account, millrace.role",
  );
  await store.sql(
    `insert into millrace.api_token (user_id, name, token_hash, hint) select u.user_id, n, sha256(convert_to(u.username || n, 'UTF8')), 'h' from millrace.account u, generate_series(1, ${TOKENS / 1_000}) n`,
  );
  await store.sql(
    `insert into millrace.audit_entry (at, event, by, from_address, dag_id) select now() - i * interval '1 minute', 'api.post_dag_run', 'user:user-' || i % 1000, '::1', 'dag-' || lpad((i % ${DAGS})::text, 5, '0') from generate_series(${AUDIT_ENTRIES}, 1, -1) i`,
  );
}

/** A node of a plan, as far as it is looked at. */
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

function nodesOf(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** Rows that a node took from a table, or from an index. */
function rowsOf(node: PlanNode): number {
  if (node["Relation Name"] === undefined) return 0;
  return (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
}

/** What the statements of a request read together. */
async function costOf(work: (pool: DatabasePool) => Promise<unknown>) {
  const { pool, plans } = await explainingPool(store.url, {
    log_analyze: "on",
    log_buffers: "on",
    log_format: "json",
  });
  await work(pool);
  await pool.close();
  const roots = plans.map((plan) => (JSON.parse(plan.slice(plan.indexOf("{"))) as { readonly Plan: PlanNode }).Plan);
  const nodes = roots.flatMap(nodesOf);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  return {
    statements: roots.length,
    buffers: sum(roots.map((root) => root["Shared Hit Blocks"] + root["Shared Read Blocks"])),
    rows: sum(nodes.map(rowsOf)),
    scanned: nodes.flatMap((node) => (node["Node Type"] === "Seq Scan" ? [node["Relation Name"] ?? ""] : [])),
  };
}

/** What came after the last batches of runs but so many, as a stream that comes back reads it. */
async function readTail(pool: DatabasePool, behind: number): Promise<void> {
  const [{ place }] = await store.sql(
    "select s.epoch || '.' || f.xid || '.' || f.feed_id || '.0' as place from millrace.change_feed_start s, millrace.change_feed f where f.run_ids[1] = $1",
    [NEWEST - behind],
  );
  const page = await makeChangeFeed(pool, () => undefined).read(String(place), 100);
  expect(page?.events).toHaveLength(100);
}

/** Runs, tasks and cells of the first window. */
async function readGrid(pool: DatabasePool): Promise<void> {
  await findDag(pool, BUSY_DAG);
  const { items } = await listRuns(pool, { dagId: BUSY_DAG, limit: 25 });
  const tasks = Array.from({ length: 20 }, (_, index) => `task-${index + 1}`);
  const cells = await makeOwnApiStore(pool).countCells(
    items.map(({ runId }) => runId),
    tasks,
  );
  expect(cells).toHaveLength(25 * 20);
}

const PAGE = { limit: 100, offset: 0, descending: false };
const BY_ID = { ...PAGE, by: "runId" } as const;
const BY_KEY = { ...PAGE, by: "key" } as const;
const TOKEN = createHash("sha256").update("user-7007").digest();

interface Bound {
  /** Pages of 8 kB at most, of all statements together. */
  readonly buffers: number;
  /** Rows taken from tables and indexes at most. */
  readonly rows: number;
}

const REQUESTS: readonly (readonly [string, (pool: DatabasePool) => Promise<unknown>, Bound])[] = [
  [
    "DAGs of v1",
    (pool) => makeDagLists(pool).listDags({ ...PAGE, onlyActive: true }),
    { buffers: 1_000, rows: 12_000 },
  ],
  [
    "DAGs of v1 with a tag",
    (pool) => makeDagLists(pool).listDags({ ...PAGE, onlyActive: true, tags: ["team-7"] }),
    { buffers: 2_000, rows: 22_000 },
  ],
  [
    "runs of a DAG in v1",
    (pool) => makeRunLists(pool).listRuns({ dagIds: [BUSY_DAG] }, BY_ID),
    { buffers: 2_000, rows: 600 },
  ],
  [
    "runs of a DAG in v1, newest start first",
    (pool) => makeRunLists(pool).listRuns({ dagIds: [BUSY_DAG] }, { ...PAGE, by: "startedAt", descending: true }),
    { buffers: 3_000, rows: 1_600 },
  ],
  ["runs of all DAGs in v1", (pool) => makeRunLists(pool).listRuns({}, BY_ID), { buffers: 2_000, rows: 12_000 }],
  [
    "runs of all DAGs in v1, far down",
    (pool) => makeRunLists(pool).listRuns({}, { ...BY_ID, offset: 5_000 }),
    { buffers: 3_000, rows: 17_000 },
  ],
  [
    "task instances of a run in v1",
    (pool) => makeRunLists(pool).listInstances({ dagIds: [BUSY_DAG], runKeys: [`run-${NEWEST}`] }, BY_KEY),
    { buffers: 300, rows: 150 },
  ],
  [
    "task instances of a big run in v1",
    (pool) => makeRunLists(pool).listInstances({ runKeys: [`run-${BIG}`], dagIds: [`dag-0${BIG % DAGS}`] }, BY_KEY),
    { buffers: 500, rows: 5_500 },
  ],
  [
    "task instances of all runs in v1",
    (pool) => makeRunLists(pool).listInstances({}, BY_KEY),
    { buffers: 3_000, rows: 12_500 },
  ],
  [
    "task instances of a DAG in v1",
    (pool) => makeRunLists(pool).listInstances({ dagIds: [BUSY_DAG] }, BY_KEY),
    { buffers: 1_000, rows: 1_000 },
  ],
  [
    "how many task instances failed",
    (pool) => makeTotals(pool).countInstances({ states: ["failed"] }),
    { buffers: 2_000, rows: 12_000 },
  ],
  ["runs of all DAGs", (pool) => listRuns(pool, {}), { buffers: 1_000, rows: 500 }],
  ["queued runs of all DAGs", (pool) => listRuns(pool, { states: ["queued"] }), { buffers: 100, rows: 300 }],
  ["failed runs of all DAGs", (pool) => listRuns(pool, { states: ["failed"] }), { buffers: 100, rows: 100 }],
  [
    "failed runs of all DAGs in v1",
    (pool) => makeRunLists(pool).listRuns({ states: ["failed"] }, BY_ID),
    { buffers: 500, rows: 12_000 },
  ],
  [
    "failed runs of a DAG",
    (pool) => listRuns(pool, { dagId: BUSY_DAG, states: ["failed"] }),
    { buffers: 1_500, rows: 1_200 },
  ],
  ["a window of a grid", readGrid, { buffers: 1_500, rows: 1_000 }],
  [
    "states in a graph",
    async (pool) => Promise.all([findRunById(pool, BIG), makeOwnApiStore(pool).countCells([BIG])]),
    { buffers: 500, rows: 5_500 },
  ],
  ["the tail of the change feed", (pool) => readTail(pool, 80), { buffers: 1_500, rows: 500 }],
  [
    "a token",
    async (pool) => expect(await makeAccounts(pool).logins.findToken(TOKEN)).toBeDefined(),
    { buffers: 100, rows: 20 },
  ],
  [
    "the audit, newest first",
    (pool) => makeAudit(pool).list({ ...PAGE, isDescending: true }),
    { buffers: 100, rows: 200 },
  ],
  [
    "the audit of a DAG",
    (pool) => makeAudit(pool).list({ ...PAGE, isDescending: true, dagId: BUSY_DAG }),
    { buffers: 100, rows: 50 },
  ],
  ["the start page", (pool) => makeOverviews(pool).home(), { buffers: 2_500, rows: 12_000 }],
  ["DAGs with their runs", (pool) => makeOverviews(pool).listDags({}), { buffers: 6_000, rows: 40_000 }],
  [
    "DAGs with their runs, the last run first",
    (pool) => makeOverviews(pool).listDags({ orderBy: "lastRun" }),
    { buffers: 60_000, rows: 50_000 },
  ],
  [
    "DAGs whose last run failed",
    (pool) => makeOverviews(pool).listDags({ lastRunState: "failed", tags: ["team-7"], owner: "owner" }),
    { buffers: 6_000, rows: 40_000 },
  ],
  ["what DAGs can be narrowed by", (pool) => makeOverviews(pool).dagFacets(), { buffers: 60_000, rows: 50_000 }],
  [
    "the calendar of a DAG",
    (pool) => makeOverviews(pool).calendar({ dagId: BUSY_DAG, year: 1970, zone: "Europe/Berlin" }),
    { buffers: 1_500, rows: 1_200 },
  ],
  ["durations", (pool) => makeOverviews(pool).durations(BUSY_DAG, 50), { buffers: 2_500, rows: 2_500 }],
  [
    "activity of a minute",
    (pool) => makeOverviews(pool).activity({ from: 600_000_000, to: 660_000_000 }),
    { buffers: 2_500, rows: 1_500 },
  ],
  [
    "a part in the middle of a big run",
    async (pool) => {
      const { items, total } = await makeOverviews(pool).instanceWindow({ runId: BIG, offset: 4_000, limit: 100 });
      expect([items.length, total]).toEqual([100, MAPPED + 40]);
    },
    { buffers: 1_200, rows: 600 },
  ],
  [
    "a part in the middle of a mapped task",
    (pool) => makeOverviews(pool).instanceWindow({ runId: BIG, taskId: "mapped", offset: 4_000, limit: 100 }),
    { buffers: 120, rows: 120 },
  ],
  [
    "failed instances of a mapped task",
    (pool) =>
      makeOverviews(pool).instanceWindow({ runId: BIG, taskId: "mapped", states: ["failed"], offset: 0, limit: 100 }),
    { buffers: 500, rows: 10_500 },
  ],
  ["links between DAGs", (pool) => makeOverviews(pool).listDagLinks({ limit: 100 }), { buffers: 500, rows: 12_000 }],
  ["queues", (pool) => makeOverviews(pool).listQueues(), { buffers: 2_500, rows: 1_500 }],
  [
    "runs of a date",
    (pool) => makeRunLists(pool).searchRuns({ logicalDate: { from: 5_000_000_000, to: 5_050_000_000 } }),
    { buffers: 1_000, rows: 400 },
  ],
  [
    "runs by a part of their key that is rare",
    (pool) => makeRunLists(pool).searchRuns({ keyPart: "run-7777", limit: 10 }),
    { buffers: 3_000, rows: 42_000 },
  ],
  [
    "runs of a DAG by who triggered them",
    (pool) => makeRunLists(pool).searchRuns({ dagId: BUSY_DAG, triggeredBy: "nobody" }),
    { buffers: 2_000, rows: 2_200 },
  ],
  ["how many runs there are", (pool) => makeTotals(pool).countRuns(), { buffers: 500, rows: 12_000 }],
  ["how many task instances there are", (pool) => makeTotals(pool).countInstances(), { buffers: 2_000, rows: 12_000 }],
];

// R1: what a request costs does not grow with what is stored.
test.each(REQUESTS)("%s: no more is read than the answer needs", async (_name, work, bound) => {
  const cost = await costOf(work);
  expect(cost.statements).toBeGreaterThan(0);
  expect(cost.scanned.join(" ")).not.toMatch(
    /task_(instance|try)|run_change|dag_run|audit_entry|api_token|_note|dag_version/,
  );
  expect(cost.buffers).toBeLessThanOrEqual(bound.buffers);
  expect(cost.rows).toBeLessThanOrEqual(bound.rows);
});
