import type { ExpiredRun, Micros } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";
import { findExpired } from "./find-expired.ts";
import { countAuditBefore } from "./remove-audit.ts";

/** What can be cleaned by hand: whole runs, or only a part of what ended runs have, asset events that came from outside, or the audit. */
export const CLEAN_TABLES = ["dag_run", "task_try", "xcom", "asset_event", "audit_entry"] as const;
export type CleanTable = (typeof CLEAN_TABLES)[number];

const RUNS_AT_ONCE = 500;
const ALL = 2_147_483_647;
const EVENTS_AT_ONCE = 5_000;

const DAG_IDS = "select distinct dag_id from millrace.dag_run order by dag_id";

const BEFORE = "select millrace.micros(clock_timestamp()) - $1::bigint as before";

const AGE = "select greatest(0, millrace.micros(clock_timestamp()) - $1::bigint) as age";

// Primary key of dag_run.
const ENDED = `
  select r.run_id, r.dag_id, 0 as version
  from millrace.dag_run r
  where r.run_id > $2 and r.state in ('success', 'failed') and r.ended_at < millrace.instant($1)
  order by r.run_id
  limit ${RUNS_AT_ONCE}`;

const PARTS = {
  task_try: { count: countOf("task_try"), remove: removalOf("task_try") },
  xcom: { count: countOf("xcom"), remove: removalOf("xcom") },
};

// Events that nobody has used yet, and those that an unfinished run was made by, stay. The partition of run 0.
const OUTSIDE = `
  from millrace.asset_event e
  where e.run_id = 0 and e.at < millrace.instant($1)
    and e.event_id not in (select q.event_id from millrace.asset_queue q)
    and e.event_id not in (
      select u.event_id
      from millrace.dag_run r
      join millrace.run_asset_event u on u.run_id = r.run_id
      where r.state in ('queued', 'running')
    )`;

const REMOVE_OUTSIDE = `
  delete from millrace.asset_event
  where run_id = 0 and event_id in (select e.event_id ${OUTSIDE} limit ${EVENTS_AT_ONCE})`;

/** Runs of all DAGs that ended before an instant, and that nothing needs any more ({@link findExpired}), the ones made first first. */
export async function findEndedBefore(
  pool: DatabasePool,
  before: Micros,
  most: number,
): Promise<readonly ExpiredRun[]> {
  const [{ age }] = (await runGuarded(pool, "any", (client) => client.query<{ age: number }>(AGE, [before]))).rows;
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ dag_id: string }>(DAG_IDS));
  const limits = rows.map(({ dag_id }) => ({ dagId: dag_id, ageMicros: age, maxRuns: null }));
  return await findExpired(pool, limits, { most, youngestMicros: 0, oldest: ALL });
}

/** How many rows of a table would be deleted; of `dag_run` how many runs. */
export async function countCleanable(pool: DatabasePool, table: CleanTable, before: Micros): Promise<number> {
  if (table === "dag_run") return (await findEndedBefore(pool, before, ALL)).length;
  if (table === "audit_entry") return await countAuditBefore(pool, before);
  const text = table === "asset_event" ? `select count(*) as count ${OUTSIDE}` : PARTS[table].count;
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ count: number }>(text, [before]));
  return rows[0].count;
}

/**
 * Deletes what runs that ended before an instant have in a table, some runs at a time, and keeps the runs.
 *
 * @param options.beforeEach hears of the runs before their rows go: to archive them.
 * @returns how many rows.
 */
export async function removeParts(
  pool: DatabasePool,
  options: {
    readonly table: keyof typeof PARTS;
    readonly before: Micros;
    readonly beforeEach: (runs: readonly ExpiredRun[]) => Promise<void>;
  },
): Promise<number> {
  type RunSql = { run_id: number; dag_id: string; version: number };
  let removed = 0;
  for (let after = 0; ;) {
    const { rows } = await runGuarded(pool, "any", (client) => client.query<RunSql>(ENDED, [options.before, after]));
    if (rows.length === 0) return removed;
    await options.beforeEach(rows.map((row) => ({ runId: row.run_id, dagId: row.dag_id, version: row.version })));
    const runIds = rows.map((row) => row.run_id);
    const gone = await runGuarded(pool, "any", (client) => client.query(PARTS[options.table].remove, [runIds]));
    removed += gone.rowCount ?? 0;
    after = runIds[runIds.length - 1];
  }
}

/** Deletes asset events that came from outside before an instant. @returns how many. */
export async function removeOutsideEvents(pool: DatabasePool, before: Micros): Promise<number> {
  for (let removed = 0; ;) {
    const { rowCount } = await runGuarded(pool, "any", (client) => client.query(REMOVE_OUTSIDE, [before]));
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < EVENTS_AT_ONCE) return removed;
  }
}

/** As {@link RetentionStore.removeOutsideEvents}. */
export async function removeOldOutsideEvents(pool: DatabasePool, ageMicros: Micros): Promise<number> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ before: Micros }>(BEFORE, [ageMicros]));
  return await removeOutsideEvents(pool, rows[0].before);
}

/** A run that was cleared since it was found has work again, and one that is cleared now waits until this is over. */
function removalOf(table: string): string {
  return `
  with run as materialized (
    select r.run_id
    from millrace.dag_run r
    where r.run_id = any ($1) and r.state in ('success', 'failed')
    order by r.run_id
    for share
  )
  delete from millrace.${table}
  where run_id = any ($1) and run_id in (select run_id from run)`;
}

function countOf(table: string): string {
  return `
  select count(*) as count
  from millrace.${table} t
  join millrace.dag_run r on r.run_id = t.run_id
  where r.state in ('success', 'failed') and r.ended_at < millrace.instant($1)`;
}
