// A run's version is read before its instances: when a commit falls between, the owner plans from the older version, is behind (R2) and reads again.
import type { InstanceRow, Micros, RunRow } from "@millrace/core";
import type pg from "pg";
import type { DatabasePool } from "../postgres/index.ts";
import { instanceFromSql, INSTANCE_COLUMNS, runFromSql, RUN_COLUMNS, type InstanceSql, type RunSql } from "../rows.ts";
import { runGuarded } from "./run-guarded.ts";

/** Runs whose instances are read by one statement. */
const RUNS_PER_READ = 500;

// Index dag_run_live.
const LIVE = `
  select ${RUN_COLUMNS}
  from millrace.dag_run r
  where r.dag_id = any ($1) and r.state in ('queued', 'running')
  order by r.run_id`;

const SOME = `
  select ${RUN_COLUMNS}
  from millrace.dag_run r
  where r.run_id = any ($1)
  order by r.run_id`;

const INSTANCES = `
  select ${INSTANCE_COLUMNS}
  from millrace.task_instance t
  where t.run_id = any ($1)
  order by t.run_id, t.task_id, t.map_index`;

const BY_KEY = `
  select run_id
  from millrace.dag_run
  where dag_id = $1 and run_key = $2`;

const BY_LOGICAL_DATE = `
  select run_id
  from millrace.dag_run
  where dag_id = $1 and logical_date = millrace.instant($2)`;

// Index logical_date_unique, backwards.
const PREVIOUS = `
  select run_id
  from millrace.dag_run
  where dag_id = $1 and logical_date < millrace.instant($2) and (not $3 or run_type = 'scheduled')
  order by logical_date desc
  limit 1`;

/** A run with all its task instances. */
export interface LoadedRun {
  readonly run: RunRow;
  readonly instances: readonly InstanceRow[];
}

/** Every unfinished run of these DAGs, oldest first. */
export async function loadLiveRuns(pool: DatabasePool, dagIds: readonly string[]): Promise<readonly LoadedRun[]> {
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<RunSql>(LIVE, [dagIds]);
    return await withInstances(client, rows.map(runFromSql));
  });
}

/** Runs by id, finished or not. Those that do not exist are left out. */
export async function loadRuns(pool: DatabasePool, runIds: readonly number[]): Promise<readonly LoadedRun[]> {
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<RunSql>(SOME, [runIds]);
    return await withInstances(client, rows.map(runFromSql));
  });
}

/** One run, finished or not. */
export async function loadRun(pool: DatabasePool, runId: number): Promise<LoadedRun | undefined> {
  const [loaded] = await loadRuns(pool, [runId]);
  return loaded;
}

/** The run that people know by this key. */
export async function findRunId(pool: DatabasePool, dagId: string, runKey: string): Promise<number | undefined> {
  return await findId(pool, BY_KEY, [dagId, runKey]);
}

/** The run of this logical date. */
export async function findRunByLogicalDate(
  pool: DatabasePool,
  dagId: string,
  logicalDate: Micros,
): Promise<number | undefined> {
  return await findId(pool, BY_LOGICAL_DATE, [dagId, logicalDate]);
}

/** The newest run before `logicalDate`. */
export async function findPreviousRunId(
  pool: DatabasePool,
  options: { readonly dagId: string; readonly logicalDate: Micros; readonly scheduledOnly: boolean },
): Promise<number | undefined> {
  return await findId(pool, PREVIOUS, [options.dagId, options.logicalDate, options.scheduledOnly]);
}

async function withInstances(client: pg.ClientBase, runs: readonly RunRow[]): Promise<readonly LoadedRun[]> {
  const instances = new Map<number, InstanceRow[]>(runs.map((run) => [run.runId, []]));
  for (let from = 0; from < runs.length; from += RUNS_PER_READ) {
    const ids = runs.slice(from, from + RUNS_PER_READ).map((run) => run.runId);
    const { rows } = await client.query<InstanceSql>(INSTANCES, [ids]);
    for (const row of rows) instances.get(row.run_id)!.push(instanceFromSql(row));
  }
  return runs.map((run) => ({ run, instances: instances.get(run.runId)! }));
}

async function findId(pool: DatabasePool, text: string, values: readonly unknown[]): Promise<number | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ run_id: number }>(text, [...values]));
  return rows[0]?.run_id;
}
