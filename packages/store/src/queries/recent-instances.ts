import type { Micros, PageStore, RecentInstance, RecentResult, StoredValue, TaskState } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { causeFromSql } from "../rows.ts";
import { runGuarded } from "./run-guarded.ts";

const RESULT_KEY = "return_value";
/** Runs that are looked through for values. */
const MOST_RUNS = 1_000;

// Index logical_date_unique, backwards, and for each run the primary key of task_instance; the limits inside keep both from being read any further.
const INSTANCES = `
  select r.run_key, r.logical_date, t.task_id, t.map_index, t.state, t.try_number, t.started_at, t.ended_at, t.cause
  from (
    select run_id, run_key, logical_date
    from millrace.dag_run
    where dag_id = $1
    order by logical_date desc
    limit $2
  ) r
  cross join lateral (
    select t.task_id, t.map_index, t.state, t.try_number, t.started_at, t.ended_at, t.cause
    from millrace.task_instance t
    where t.run_id = r.run_id and ($3::text[] is null or t.task_id = any ($3)) and ($4::text[] is null or t.state::text = any ($4))
    order by t.task_id, t.map_index
    limit $5
  ) t
  order by r.logical_date desc, t.task_id, t.map_index
  limit $5`;

// The same, with the table of the values.
const RESULTS = `
  select r.run_key, r.logical_date, t.map_index, t.ended_at, t.json, t.meta
  from (
    select run_id, run_key, logical_date
    from millrace.dag_run
    where dag_id = $1
    order by logical_date desc
    limit ${MOST_RUNS}
  ) r
  cross join lateral (
    select t.map_index, t.ended_at, t.result as json, t.result_meta as meta
    from millrace.task_instance t
    where t.run_id = r.run_id and t.task_id = $2 and t.state = 'success' and t.result is not null
    order by t.map_index
    limit $3
  ) t
  order by r.logical_date desc, t.map_index
  limit $3`;

const XCOMS = `
  select r.run_key, r.logical_date, x.map_index, x.ended_at, x.json, x.meta
  from (
    select run_id, run_key, logical_date
    from millrace.dag_run
    where dag_id = $1
    order by logical_date desc
    limit ${MOST_RUNS}
  ) r
  cross join lateral (
    select x.map_index, x.at as ended_at, x.json, x.meta
    from millrace.xcom x
    where x.run_id = r.run_id and x.task_id = $2 and x.key = $4
    order by x.map_index
    limit $3
  ) x
  order by r.logical_date desc, x.map_index
  limit $3`;

interface InstanceSql {
  readonly run_key: string;
  readonly logical_date: Micros;
  readonly task_id: string;
  readonly map_index: number;
  readonly state: TaskState;
  readonly try_number: number;
  readonly started_at: Micros | null;
  readonly ended_at: Micros | null;
  readonly cause: string | null;
}

interface ResultSql {
  readonly run_key: string;
  readonly logical_date: Micros;
  readonly map_index: number;
  readonly ended_at: Micros | null;
  readonly json: string;
  readonly meta: string | null;
}

/** As {@link PageStore.recentInstances}. */
export async function recentInstances(
  pool: DatabasePool,
  { dagId, runs, taskIds, states, limit }: Parameters<PageStore["recentInstances"]>[0],
): Promise<readonly RecentInstance[]> {
  const values = [dagId, runs, taskIds ?? null, states ?? null, limit];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<InstanceSql>(INSTANCES, values));
  return rows.map((row) => {
    const reason = causeFromSql(row.cause)?.message;
    return {
      runKey: row.run_key,
      logicalDate: row.logical_date,
      taskId: row.task_id,
      mapIndex: row.map_index,
      state: row.state,
      tryNumber: row.try_number,
      ...(row.started_at !== null && { startedAt: row.started_at }),
      ...(row.ended_at !== null && { endedAt: row.ended_at }),
      ...(reason !== undefined && { reason }),
    };
  });
}

/** As {@link PageStore.recentResults}. */
export async function recentResults(
  pool: DatabasePool,
  { dagId, taskId, key, limit }: Parameters<PageStore["recentResults"]>[0],
): Promise<readonly RecentResult[]> {
  const isResult = key === undefined || key === RESULT_KEY;
  const { rows } = await runGuarded(pool, "any", (client) =>
    isResult
      ? client.query<ResultSql>(RESULTS, [dagId, taskId, limit])
      : client.query<ResultSql>(XCOMS, [dagId, taskId, limit, key]),
  );
  return rows.map((row) => ({
    runKey: row.run_key,
    logicalDate: row.logical_date,
    mapIndex: row.map_index,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    value: valueOf(row),
  }));
}

function valueOf({ json, meta }: ResultSql): StoredValue {
  return meta === null ? { json } : { json, meta };
}
