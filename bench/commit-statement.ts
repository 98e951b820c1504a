/**
 * What a commit costs: `node bench/commit-statement.ts [postgres URL]` (default: an embedded server of its own, every commit flushed).
 *
 * Prints the store's commit for 500 chains at once and for a single task, with a snapshot held open too; and what it was chosen over: the same two
 * updates per task by json_to_recordset, by text arrays and by binary arrays.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InstanceChange, RunChanges } from "@millrace/core";
import { openPool, openStore, startEmbeddedPostgres, type DatabasePool, type MillraceStore } from "@millrace/store";
import { holdSnapshot } from "./hold-snapshot.ts";

const TASKS = 40;
const RUNS = 500;
const AN_INSTANT = 1_759_276_800_000_123;
const DISPATCH = "00112233445566778899aabbccddeeff";
const COUNTS = [40];
/** Only one that is alive may commit. */
let schedulerId = 0;

async function main(url: string): Promise<void> {
  const store = await openStore({ url });
  schedulerId = await store.engine.registerScheduler({ host: "bench", pid: process.pid, pidStartedAt: "" });
  const pool = await openPool({ url });
  await chains(store, "warm-up");
  await chains(store, "500 chains");
  await single(store, "single task");
  const held = await holdSnapshot(url);
  await chains(store, "500 chains, a snapshot held open");
  await single(store, "single task, a snapshot held open");
  await held.close();
  await compareEncodings(pool);
  await pool.close();
  await store.close();
}

async function chains(store: MillraceStore, name: string): Promise<void> {
  const first = await store.engine.reserveRunIds(RUNS);
  const ids = Array.from({ length: RUNS }, (_, index) => first + index);
  const created = performance.now();
  for (let from = 0; from < RUNS; from += 50) await commit(store, ids.slice(from, from + 50).map(creation));
  const started = performance.now();
  for (let task = 0; task < TASKS; task++)
    await commit(
      store,
      ids.map((runId) => step(runId, task)),
    );
  const ended = performance.now();
  const tasks = RUNS * TASKS;
  print(
    name,
    `${perSecond(tasks, started - created)} inserts/s, ${perSecond(tasks, ended - started)} tasks/s = ${perSecond(3 * tasks, ended - started)} row writes/s`,
  );
}

async function single(store: MillraceStore, name: string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 10; round++) {
    const runId = await store.engine.reserveRunIds(1);
    await commit(store, [creation(runId)]);
    for (let task = 0; task < TASKS; task++) {
      const before = performance.now();
      await commit(store, [step(runId, task)]);
      times.push(performance.now() - before);
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  print(name, `${at(0.5)} ms a commit, p99 ${at(0.99)} ms`);
}

async function commit(store: MillraceStore, runs: readonly RunChanges[]): Promise<void> {
  const { committed } = await store.engine.commit({ schedulerId, runs, answers: [], dagPatches: [] });
  if (committed.size !== runs.length) throw new Error(`${runs.length - committed.size} runs were behind`);
}

function creation(runId: number): RunChanges {
  const at = AN_INSTANT + runId;
  const created = {
    dagId: "bench",
    runKey: `run-${runId}`,
    runType: "manual",
    dagVersion: 1,
    logicalDate: at,
    intervalStart: at,
    intervalEnd: at,
    runAfter: at,
    conf: null,
    triggeredBy: "bench",
  } as const;
  const instances = Array.from({ length: TASKS }, (_, task): InstanceChange => ({
    kind: "insert",
    ...key(task),
    state: "none",
    tryNumber: 0,
    maxTries: 1,
  }));
  return { ...change(runId, 1, instances), created, run: { state: "running", startedAt: AN_INSTANT } };
}

/** A light task of a chain: it ends, the next one is queued. */
function step(runId: number, task: number): RunChanges {
  const log = {
    host: "bench",
    segment: "segment-1",
    from: 0,
    to: 20,
    lines: 1,
    tail: "one line of a log",
    complete: true,
  };
  const end: InstanceChange = {
    kind: "end",
    ...key(task),
    state: "success",
    tryNumber: 1,
    maxTries: 1,
    restarts: 0,
    startedAt: AN_INSTANT,
    endedAt: AN_INSTANT + 900,
    workerId: "worker-1",
    result: { json: `{"value":${task}}` },
    log,
  };
  if (task + 1 === TASKS) return { ...change(runId, task + 2, [end]), run: { state: "success", endedAt: AN_INSTANT } };
  const queue: InstanceChange = {
    kind: "queue",
    ...key(task + 1),
    tryNumber: 1,
    maxTries: 1,
    dispatchId: DISPATCH,
    newTry: false,
  };
  return change(runId, task + 2, [end, queue]);
}

function change(runId: number, version: number, instances: readonly InstanceChange[]): RunChanges {
  return { runId, version, run: {}, instances, xcoms: [], assets: [], callbacks: [], counts: COUNTS };
}

function key(task: number): { slot: number; taskId: string; mapIndex: number } {
  return { slot: task, taskId: `task-number-${task}`, mapIndex: -1 };
}

const ENCODINGS = {
  json_to_recordset:
    "from json_to_recordset($1::json) u (run_id bigint, task_id text, worker_id text, result text, at timestamptz)",
  "unnest, arrays as text":
    "from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) u (run_id, task_id, worker_id, result, at)",
} as const;

/** The same 1 000 updates by each way to send them; binary arrays are what the commit above uses. */
async function compareEncodings(pool: DatabasePool): Promise<void> {
  await pool.query(
    'create table bench_encoding (run_id bigint, task_id text collate "C", worker_id text, result text, at timestamptz, primary key (run_id, task_id)) with (fillfactor = 35)',
  );
  await pool.query(
    "insert into bench_encoding select r, 'task-number-' || t from generate_series(1, 500) r, generate_series(0, 39) t",
  );
  const rows = Array.from({ length: 1_000 }, (_, index) => ({
    run_id: (index % 500) + 1,
    task_id: `task-number-${index % 40}`,
    worker_id: "worker-1",
    result: `{"value":${index}}`,
    at: "2025-10-01 00:00:00.000123+00",
  }));
  const columns = (["run_id", "task_id", "worker_id", "result", "at"] as const).map((column) =>
    rows.map((row) => row[column]),
  );
  for (const [name, source] of Object.entries(ENCODINGS)) {
    const text = `update bench_encoding b set worker_id = u.worker_id, result = u.result, at = u.at ${source} where b.run_id = u.run_id and b.task_id = u.task_id`;
    const values = (): unknown[] => (name === "json_to_recordset" ? [JSON.stringify(rows)] : columns);
    const started = performance.now();
    await pool.withCommitClient(async (client) => {
      for (let round = 0; round < 50; round++) await client.query({ name, text, values: values() });
    });
    print(name, `${((performance.now() - started) / 50).toFixed(1)} ms for 1 000 updates`);
  }
  await pool.query("drop table bench_encoding");
}

function perSecond(amount: number, ms: number): string {
  return `${(amount / ms).toFixed(1)} k`;
}

function print(name: string, text: string): void {
  console.log(`${name.padEnd(36)} ${text}`);
}

const [, , givenUrl] = process.argv;
if (givenUrl !== undefined) await main(givenUrl);
else {
  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  const server = await startEmbeddedPostgres({ folder });
  try {
    await main(server.url);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
