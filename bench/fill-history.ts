import { openPool, openStore, type DatabasePool } from "@millrace/store";
import type { Progress } from "./report/progress.ts";

const TASKS = 40;
/** Runs of a partition: as a busy day would leave them. */
const RUNS_PER_PARTITION = 25_000;

/** Runs that are in the database already: their ids and how many instances they have. */
interface Part {
  readonly fromRun: number;
  readonly toRun: number;
}

/**
 * Puts finished runs of 40 tasks into a database as if they had run: instances with result, worker and log line, every change, partitions of
 * 1 000 000 instances. New partitions are filled in the transaction that makes them, which the embedded server does without writing a log.
 *
 * @param instances rounded up to whole runs.
 * @returns the id of the first run; those that follow have the next ids. A run's key is `history-<id>`.
 */
export async function fillHistory(url: string, instances: number, progress: Progress): Promise<number> {
  const store = await openStore({ url });
  await store.close();
  if (instances === 0) return 0;
  const pool = await openPool({ url, max: 3 });
  try {
    const parts = await planParts(pool, Math.ceil(instances / TASKS));
    let done = 0;
    const fill = async (each: (part: Part) => Promise<void>): Promise<void> => {
      for (const part of parts) {
        await each(part);
        done += 1;
        progress.note(`filling the history: ${Math.floor((done * 100) / (2 * parts.length))} %`);
      }
    };
    await Promise.all([fill((part) => fillInstances(pool, part)), fill((part) => fillChanges(pool, part))]);
    await settle(pool, parts);
    return parts[0].fromRun;
  } finally {
    await pool.close();
  }
}

async function planParts(pool: DatabasePool, runs: number): Promise<readonly Part[]> {
  const { rows } = await pool.query<{ to_run_id: number }>(
    "select to_run_id from millrace.run_partition order by from_run_id desc limit 1",
  );
  const first = rows[0].to_run_id;
  const parts: Part[] = [];
  for (let from = first; from < first + runs; from += RUNS_PER_PARTITION)
    parts.push({ fromRun: from, toRun: Math.min(from + RUNS_PER_PARTITION, first + runs) });
  for (const parent of ["task_try", "xcom", "asset_event"])
    await inTransaction(pool, [
      makeTable(parent, first),
      `alter table millrace.${parent} attach partition millrace.${parent}_${first} for values from (${first}) to (${first + runs})`,
    ]);
  for (const { fromRun, toRun } of parts)
    await pool.query("insert into millrace.run_partition (from_run_id, to_run_id) values ($1, $2)", [fromRun, toRun]);
  await pool.query("update millrace.run_id_counter set next_run_id = $1", [first + runs]);
  return parts;
}

/** Rows as the commits leave them: pages full, because every row has grown on the page of its insert. */
async function fillInstances(pool: DatabasePool, part: Part): Promise<void> {
  const table = `millrace.task_instance_${part.fromRun}`;
  const times = `timestamptz '2025-10-01 00:00:00+00' + run * interval '1 second'`;
  await inTransaction(pool, [
    makeTable("task_instance", part.fromRun),
    `insert into ${table} (run_id, map_index, try_number, max_tries, restarts, state, dag_version, queued_at, started_at, first_started_at, ended_at,
       task_id, worker_id, result, log)
     select run, -1, 1, 0, 0, 'success', 1, ${times}, ${times}, ${times}, ${times}, 'task_' || task, 'vm:12548-1', task::text,
       '[{"host":"vm","segment":"","from":0,"to":0,"lines":1,"tail":"{\\"ts\\":1795243211634306,\\"level\\":\\"info\\",\\"source\\":\\"task\\",\\"msg\\":\\"step '
         || task || '\\"}","complete":true}]'
     from generate_series(${part.fromRun}, ${part.toRun - 1}) run, generate_series(0, ${TASKS - 1}) task`,
    `alter table ${table} add primary key (run_id, task_id, map_index)`,
    // As millrace.add_partition makes them.
    `alter table ${table} set (fillfactor = 35, autovacuum_vacuum_scale_factor = 0.05, autovacuum_enabled = false)`,
    attach("task_instance", part),
    `insert into millrace.dag_run (run_id, dag_id, run_key, run_type, state, dag_version, logical_date, interval_start, interval_end, run_after,
       triggered_by, queued_at, started_at, ended_at)
     select run, 'wide_chain', 'history-' || run, 'manual', 'success', 1, ${times}, ${times}, ${times}, ${times}, 'user:bench', ${times}, ${times}, ${times}
     from generate_series(${part.fromRun}, ${part.toRun - 1}) run`,
  ]);
}

/** One change for each task, as a chain leaves them. */
async function fillChanges(pool: DatabasePool, part: Part): Promise<void> {
  const table = `millrace.run_change_${part.fromRun}`;
  await inTransaction(pool, [
    makeTable("run_change", part.fromRun),
    `insert into ${table} (run_id, version, at, by, changes, counts)
     select run, version, timestamptz '2025-10-01 00:00:00+00' + run * interval '1 second', 1,
       '{"ti":[["task_' || version - 1 || '",-1,"success",1],["task_' || version || '",-1,"queued",1]]}',
       ${TASKS} - version || ',0,1,0,0,0,0,0,' || version
     from generate_series(${part.fromRun}, ${part.toRun - 1}) run, generate_series(1, ${TASKS + 1}) version`,
    `alter table ${table} add primary key (run_id, version)`,
    `alter table ${table} set (autovacuum_enabled = false)`,
    attach("run_change", part),
  ]);
}

function makeTable(parent: string, fromRun: number): string {
  return `create table millrace.${parent}_${fromRun} (like millrace.${parent} including all excluding indexes)`;
}

function attach(parent: string, { fromRun, toRun }: Part): string {
  return `alter table millrace.${parent} attach partition millrace.${parent}_${fromRun} for values from (${fromRun}) to (${toRun})`;
}

async function inTransaction(pool: DatabasePool, statements: readonly string[]): Promise<void> {
  await pool.withClient(async (client) => {
    await client.query("begin");
    await client.query("set local maintenance_work_mem = '512MB'");
    for (const statement of statements) await client.query(statement);
    await client.query("commit");
  });
}

/**
 * Nothing is left to do later: planner statistics are there and written pages are on disk. Autovacuum stays away from the filled partitions: in a
 * database with such a history it has looked at them long ago, and they never change again.
 */
async function settle(pool: DatabasePool, parts: readonly Part[]): Promise<void> {
  for (const { fromRun } of parts)
    for (const parent of ["task_instance", "run_change"]) await pool.query(`analyze millrace.${parent}_${fromRun}`);
  await pool.query("vacuum (analyze) millrace.dag_run");
  await pool.query("checkpoint");
}
