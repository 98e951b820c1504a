import { MillraceError } from "@millrace/core";
import type pg from "pg";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

/** Runs that go in one transaction. */
const RUNS_AT_ONCE = 100;

const LOCK = `
  select active, paused, file
  from millrace.dag
  where dag_id = $1
  for update`;

// A commit that answers a command keeps the command's row locked and needs it to be there (migrations/0003-commit.sql): once these are gone, and no run
// is live, and no backfill is open, nobody can make a run of a DAG whose file is gone.
const FORGET_COMMANDS = "delete from millrace.inbox where dag_id = $1";

// Index dag_run_live.
const LIVE = `
  select run_key
  from millrace.dag_run
  where dag_id = $1 and state in ('queued', 'running')
  limit 1`;

// Index backfill_open. A new one would need the row of the DAG, which is locked.
const BACKFILL = `
  select backfill_id
  from millrace.backfill
  where dag_id = $1 and state in ('running', 'paused')`;

const SOME_RUNS = `
  select run_id
  from millrace.dag_run
  where dag_id = $1
  order by run_id
  limit ${RUNS_AT_ONCE}`;

// Their large results in the blob store go afterwards, by retention.
const LEAVE_BLOBS = `
  insert into millrace.run_removal (run_id, dag_id, version, rows_gone)
  select u.run_id, $2, 0, true
  from unnest($1::bigint[]) u (run_id)
  on conflict do nothing`;

// All by run_id, first in their primary keys or an index, in the order of locks.
const OF_RUNS = [
  "run_change",
  "dag_run",
  "task_instance",
  "task_try",
  "xcom",
  "asset_event",
  "run_asset_event",
  "run_note",
  "task_note",
  "callback_end",
].map((table) => `delete from millrace.${table} where run_id = any ($1)`);

const FORGET_QUEUES = ["outbox", "asset_queue"].map((table) => `delete from millrace.${table} where dag_id = $1`);

// The file of a DAG that is declared is read again: without that it would come back only when the file changes.
const DELETE = `
  with gone as (
    delete from millrace.dag
    where dag_id = $1
    returning active, file
  ), asked as (
    insert into millrace.parse_request (file)
    select g.file from gone g where g.active
    on conflict do nothing
  )
  select pg_notify('millrace_dags', '') from gone`;

/**
 * Deletes a DAG whose file is gone: its runs with all that they have, its versions, and the DAG. A hundred runs at a time; interrupted, it goes on when it
 * is called again. Large results in the blob store go with the next round of retention.
 *
 * @param options.declaredToo also one that a file declares, as long as it is paused (R5: its owner, who was told so, makes no runs of it).
 * @returns how many runs went with it.
 * @throws MillraceError NOT_FOUND; CONFLICT while a file declares it, a backfill is open, or a run has not ended.
 */
export async function deleteDag(
  pool: DatabasePool,
  dagId: string,
  { declaredToo = false }: { readonly declaredToo?: boolean } = {},
): Promise<number> {
  let runs = 0;
  for (;;) {
    const deleted = await runGuarded(pool, "any", (client) =>
      transaction(client, async () => {
        await refuseUnlessIdle(client, dagId, declaredToo);
        return await deleteSomeRuns(client, dagId);
      }),
    );
    runs += deleted;
    if (deleted < RUNS_AT_ONCE) return runs;
  }
}

async function refuseUnlessIdle(client: pg.ClientBase, dagId: string, declaredToo: boolean): Promise<void> {
  const [dag] = (await client.query<{ active: boolean; paused: boolean; file: string }>(LOCK, [dagId])).rows;
  if (dag === undefined) throw new MillraceError("NOT_FOUND", `there is no DAG "${dagId}".`, { details: { dagId } });
  if (dag.active && declaredToo && !dag.paused)
    throw new MillraceError("CONFLICT", `${dagId} is not paused: it could start a run meanwhile.`, {
      details: { dagId },
    });
  if (dag.active && !declaredToo)
    throw new MillraceError("CONFLICT", `${dagId} is declared in ${dag.file}: it would come back.`, {
      details: { dagId, file: dag.file, hint: "Delete the file, or the DAG in it, first." },
    });
  const [backfill] = (await client.query<{ backfill_id: number }>(BACKFILL, [dagId])).rows;
  if (backfill !== undefined)
    throw new MillraceError("CONFLICT", `the backfill ${backfill.backfill_id} of ${dagId} is open.`, {
      details: { dagId, hint: `Cancel it with \`millrace backfill cancel ${backfill.backfill_id}\` first.` },
    });
  await client.query(FORGET_COMMANDS, [dagId]);
  const [live] = (await client.query<{ run_key: string }>(LIVE, [dagId])).rows;
  if (live !== undefined)
    throw new MillraceError("CONFLICT", `the run ${live.run_key} of ${dagId} has not ended.`, {
      details: { dagId, runId: live.run_key, hint: "Wait for its end first." },
    });
}

async function deleteSomeRuns(client: pg.ClientBase, dagId: string): Promise<number> {
  const { rows } = await client.query<{ run_id: number }>(SOME_RUNS, [dagId]);
  const runIds = rows.map((row) => row.run_id);
  if (runIds.length > 0) {
    for (const statement of OF_RUNS) await client.query(statement, [runIds]);
    await client.query(LEAVE_BLOBS, [runIds, dagId]);
  }
  if (runIds.length < RUNS_AT_ONCE) {
    for (const statement of FORGET_QUEUES) await client.query(statement, [dagId]);
    await client.query(DELETE, [dagId]);
  }
  return runIds.length;
}
