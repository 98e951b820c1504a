import type { BusyWorker, Cell, FoundThings, KeyedAnswer, Micros, OwnApiStore, TaskState } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

/** Runs of all DAGs that a search looks at. */
const SEARCHED_RUNS = 10_000;
/** Forgotten together. */
const KEYS_AT_ONCE = 200;

// Primary key of task_instance: all instances of a run are neighbours. A row for each run and task, whatever the number of instances.
const CELLS = `
  select run_id, task_id, json_object_agg(state, count)::text as counts, min(queued_at) as queued_at, min(started_at) as started_at, max(ended_at) as ended_at, max(tries)::integer as tries
  from (
    select t.run_id, t.task_id, t.state, count(*)::integer as count, min(t.queued_at) as queued_at, min(t.started_at) as started_at, max(t.ended_at) as ended_at, max(t.try_number) as tries
    from millrace.task_instance t
    where t.run_id = any ($1) and ($2::text[] is null or t.task_id = any ($2))
    group by t.run_id, t.task_id, t.state
  ) c
  group by run_id, task_id
  order by run_id, task_id`;

const DAGS = `
  select d.dag_id, d.paused
  from millrace.dag d
  where d.active and strpos(lower(d.dag_id), lower($1)) > 0 and ($2::text[] is null or d.dag_id = any ($2))
  order by d.dag_id
  limit $3`;

// Index dag_task_by_id for its beginning; the table is narrow, so that a part in the middle is found by reading it.
const TASKS = `
  select t.dag_id, t.task_id
  from millrace.dag_task t
  where strpos(lower(t.task_id), lower($1)) > 0 and ($2::text[] is null or t.dag_id = any ($2)) and ($4::text is null or t.dag_id = $4)
  order by t.task_id, t.dag_id
  limit $3`;

// Index run_key_unique.
const RUNS_OF_DAG = `
  select r.dag_id, r.run_id, r.run_key
  from millrace.dag_run r
  where r.dag_id = $1 and r.run_key >= $2 and starts_with(r.run_key, $2)
  order by r.run_key
  limit $3`;

// Primary key, backwards.
const RUNS = `
  select r.dag_id, r.run_id, r.run_key
  from (select * from millrace.dag_run order by run_id desc limit ${SEARCHED_RUNS}) r
  where starts_with(r.run_key, $1) and ($2::text[] is null or r.dag_id = any ($2))
  order by r.run_id desc
  limit $3`;

const ASSETS = `
  select u.uri
  from (select uri from millrace.asset union select uri from millrace.dag_asset) u
  where strpos(lower(u.uri), lower($1)) > 0
  order by u.uri
  limit $2`;

// Index dag_run_live, primary keys of task_instance and remote_dispatch.
const WORKERS = `
  select t.worker_id, count(*)::integer as running, min(t.started_at) as since, max(d.heartbeat_at) as heartbeat_at
  from millrace.dag_run r
  join millrace.task_instance t on t.run_id = r.run_id
  left join millrace.remote_dispatch d on d.dispatch_id = t.dispatch_id
  where r.state in ('queued', 'running') and t.state in ('running', 'restarting') and t.worker_id is not null
  group by t.worker_id
  order by t.worker_id
  limit 1000`;

const CLAIM = `
  insert into millrace.idempotency_key (caller, key, hash, run_key)
  values ($1, $2, $3, $4)
  on conflict do nothing
  returning hash, run_key, answer`;

const CLAIMED = `
  select hash, run_key, answer
  from millrace.idempotency_key
  where caller = $1 and key = $2`;

const ANSWER = `
  update millrace.idempotency_key
  set answer = $3
  where caller = $1 and key = $2`;

const FORGET = `
  delete from millrace.idempotency_key
  where (caller, key) in (
    select caller, key from millrace.idempotency_key where at < now() - interval '1 day' order by at limit ${KEYS_AT_ONCE}
  )`;

/** {@link OwnApiStore} on PostgreSQL. */
export function makeOwnApiStore(pool: DatabasePool): OwnApiStore {
  return {
    countCells: (runIds, taskIds) => countCells(pool, runIds, taskIds),
    find: (wish) => find(pool, wish),
    listWorkers: () => listWorkers(pool),
    claimKey: (request) => claimKey(pool, request),
    answerKey: async ({ caller, key }, answer) => {
      await runGuarded(pool, "any", (client) => client.query(ANSWER, [caller, key, answer]));
    },
  };
}

async function countCells(
  pool: DatabasePool,
  runIds: readonly number[],
  taskIds: readonly string[] | undefined,
): Promise<readonly Cell[]> {
  if (runIds.length === 0) return [];
  type CellSql = {
    run_id: number;
    task_id: string;
    counts: string;
    queued_at: Micros | null;
    started_at: Micros | null;
    ended_at: Micros | null;
    tries: number;
  };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<CellSql>(CELLS, [runIds, taskIds ?? null]));
  return rows.map((row) => ({
    runId: row.run_id,
    taskId: row.task_id,
    counts: JSON.parse(row.counts) as Partial<Record<TaskState, number>>,
    tries: row.tries,
    ...(row.queued_at !== null && { queuedAt: row.queued_at }),
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  }));
}

async function find(pool: DatabasePool, wish: Parameters<OwnApiStore["find"]>[0]): Promise<FoundThings> {
  const { text, limit, dagId } = wish;
  const dagIds = wish.dagIds ?? null;
  return await runGuarded(pool, "any", async (client) => {
    const dags = await client.query<{ dag_id: string; paused: boolean }>(DAGS, [text, dagIds, limit]);
    const tasks = await client.query<{ dag_id: string; task_id: string }>(TASKS, [text, dagIds, limit, dagId ?? null]);
    type RunSql = { dag_id: string; run_id: number; run_key: string };
    const runs =
      dagId === undefined
        ? await client.query<RunSql>(RUNS, [text, dagIds, limit])
        : await client.query<RunSql>(RUNS_OF_DAG, [dagId, text, limit]);
    const assets = await client.query<{ uri: string }>(ASSETS, [text, limit]);
    return {
      dags: dags.rows.map((row) => ({ dagId: row.dag_id, paused: row.paused })),
      tasks: tasks.rows.map((row) => ({ dagId: row.dag_id, taskId: row.task_id })),
      runs: runs.rows.map((row) => ({ dagId: row.dag_id, runId: row.run_id, runKey: row.run_key })),
      assets: assets.rows,
    };
  });
}

async function listWorkers(pool: DatabasePool): Promise<readonly BusyWorker[]> {
  type WorkerSql = { worker_id: string; running: number; since: Micros; heartbeat_at: Micros | null };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<WorkerSql>(WORKERS));
  return rows.map((row) => ({
    workerId: row.worker_id,
    running: row.running,
    since: row.since,
    ...(row.heartbeat_at !== null && { heartbeatAt: row.heartbeat_at }),
  }));
}

async function claimKey(pool: DatabasePool, request: Parameters<OwnApiStore["claimKey"]>[0]): Promise<KeyedAnswer> {
  const { caller, key, hash, runKey } = request;
  type KeySql = { hash: string; run_key: string; answer: string | null };
  return await runGuarded(pool, "any", async (client) => {
    const made = await client.query<KeySql>(CLAIM, [caller, key, hash, runKey]);
    if (made.rows.length > 0) await client.query(FORGET);
    const [row] = made.rows.length > 0 ? made.rows : (await client.query<KeySql>(CLAIMED, [caller, key])).rows;
    return {
      // Forgotten between the two statements, after a day: as if it were the first.
      hash: row?.hash ?? hash,
      runKey: row?.run_key ?? runKey,
      ...(row !== undefined && row.answer !== null && { answer: row.answer }),
    };
  });
}
