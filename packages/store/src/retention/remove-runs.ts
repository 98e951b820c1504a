// R2. A removal takes the run's next version, as a commit does: of a removal and a clear at the same moment one is behind, and does nothing. That change stays
// for a day, longer than anybody plans from the one before. Lock order: run_change by run_id, dag_run, then what refers to it.
import type { ExpiredRun } from "@millrace/core";
import type pg from "pg";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "../queries/run-guarded.ts";

const GUARD = `
  insert into millrace.run_change (run_id, version, at, by, changes, counts)
  select u.run_id, u.version + 1, now(), 0, '{}', ''
  from unnest($1::bigint[], $2::integer[]) u (run_id, version)
  order by u.run_id
  on conflict do nothing
  returning run_id, version`;

const REMOVE = `
  with gone as (
    delete from millrace.dag_run r
    using unnest($1::bigint[], $2::integer[]) u (run_id, version)
    where r.run_id = u.run_id and r.state in ('success', 'failed')
    returning r.run_id, r.dag_id, u.version
  )
  insert into millrace.run_removal (run_id, dag_id, version)
  select run_id, dag_id, version
  from gone
  returning run_id`;

// Each by a key or an index that begins with run_id. Rows of partitioned tables go later.
const OF_RUNS = ["run_note", "task_note", "run_asset_event", "callback_end"].map(
  (table) => `delete from millrace.${table} where run_id = any ($1)`,
);

// Index outbox_by_dag.
const CALLBACKS = "delete from millrace.outbox where dag_id = any ($1) and run_id = any ($2)";

/** As {@link RetentionStore.removeRuns}. One transaction. */
export async function removeRuns(pool: DatabasePool, runs: readonly ExpiredRun[]): Promise<ReadonlySet<number>> {
  if (runs.length === 0) return new Set();
  return await runGuarded(pool, "any", (client) => transaction(client, () => removeGuarded(client, runs)));
}

async function removeGuarded(client: pg.ClientBase, runs: readonly ExpiredRun[]): Promise<ReadonlySet<number>> {
  const guarded = await client.query<{ run_id: number; version: number }>(GUARD, [
    runs.map(({ runId }) => runId),
    runs.map(({ version }) => version),
  ]);
  const runIds = guarded.rows.map((row) => row.run_id);
  if (runIds.length === 0) return new Set();
  const { rows } = await client.query<{ run_id: number }>(REMOVE, [runIds, guarded.rows.map((row) => row.version)]);
  for (const statement of OF_RUNS) await client.query(statement, [runIds]);
  await client.query(CALLBACKS, [[...new Set(runs.map(({ dagId }) => dagId))], runIds]);
  return new Set(rows.map((row) => row.run_id));
}
