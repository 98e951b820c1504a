import type { DatabasePool } from "@millrace/store";

/** A run as it ended, comparable with another run of the same DAG. */
export interface FinalRun {
  readonly dagId: string;
  readonly state: string;
  /** `task` or `task[index]` → its state and its result as JSON. */
  readonly instances: Readonly<Record<string, readonly [state: string, result: string | null]>>;
}

interface ChangeSql {
  readonly run_id: number;
  readonly dag_id: string;
  readonly version: number;
  readonly at: number;
  readonly by: number;
  readonly changes: string;
}

type Told = readonly [taskId: string, mapIndex: number, state: string | null, tryNumber?: number];

/** All runs in the order of their DAG and logical date. */
export async function readFinalRuns(pool: DatabasePool): Promise<readonly FinalRun[]> {
  const { rows: runs } = await pool.query<{ run_id: number; dag_id: string; state: string }>(
    "select run_id, dag_id, state from millrace.dag_run order by dag_id, logical_date",
  );
  type InstanceSql = { run_id: number; task_id: string; map_index: number; state: string; result: string | null };
  const { rows: instances } = await pool.query<InstanceSql>(
    "select run_id, task_id, map_index, state, result from millrace.task_instance order by run_id, task_id, map_index",
  );
  const byRun = Map.groupBy(instances, (row) => row.run_id);
  return runs.map((run) => ({
    dagId: run.dag_id,
    state: run.state,
    instances: Object.fromEntries(
      (byRun.get(run.run_id) ?? []).map((row) => [nameOf(row.task_id, row.map_index), [row.state, row.result]]),
    ),
  }));
}

/** How many runs have ended. */
export async function countEnded(pool: DatabasePool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    "select count(*)::int as n from millrace.dag_run where state in ('success', 'failed')",
  );
  return rows[0].n;
}

/** R8: tries that are over without a success and without a word of why. */
export async function triesWithoutCause(pool: DatabasePool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `select run_id || ' ' || task_id || ' try ' || try_number || ' ' || state as text from millrace.task_try
       where state <> 'success' and cause is null
     union all
     select run_id || ' ' || task_id || ' try ' || try_number || ' ' || state from millrace.task_instance
       where state in ('failed', 'up_for_retry') and cause is null`,
  );
  return rows.map((row) => row.text);
}

/** Codes of why tries ended before the last one of their instance: `task code`, sorted. */
export async function earlierTries(pool: DatabasePool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ text: string }>(
    "select task_id || ' ' || (cause::json ->> 'code') as text from millrace.task_try order by 1",
  );
  return rows.map((row) => row.text);
}

/** Task instances whose result counted more often than once, by what was committed (R2). */
export async function countedTwice(pool: DatabasePool): Promise<readonly string[]> {
  const seen = new Map<string, number>();
  for (const { run_id, changes } of await readChanges(pool)) {
    for (const [taskId, mapIndex, state] of toldIn(changes)) {
      if (state !== "success") continue;
      const name = `${run_id} ${nameOf(taskId, mapIndex)}`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
  }
  return [...seen].filter(([, count]) => count > 1).map(([name, count]) => `${name}: ${count} times`);
}

/** Who committed the changes of each run, in order, each writer named once in a row. */
export async function writersOfRuns(pool: DatabasePool): Promise<ReadonlyMap<number, readonly number[]>> {
  const writers = new Map<number, number[]>();
  for (const { run_id, by } of await readChanges(pool)) {
    const known = writers.get(run_id) ?? [];
    if (known.at(-1) !== by) known.push(by);
    writers.set(run_id, known);
  }
  return writers;
}

/**
 * Slots taken over time, from the history of commits: the most at once, and how many commits took or gave one.
 *
 * @param slotsOf slots of a task in the pool in question; 0 = it is in another one.
 */
export async function occupancyOverTime(
  pool: DatabasePool,
  slotsOf: (taskId: string) => number,
): Promise<{ readonly most: number; readonly moves: number }> {
  const held = new Map<string, number>();
  let taken = 0;
  let most = 0;
  let moves = 0;
  // One commit holds the changes of many runs: what it frees and what it takes happen at once.
  const commits = Map.groupBy(await readChanges(pool), ({ at, by }) => `${at} ${by}`);
  for (const commit of commits.values()) {
    for (const { run_id, changes } of commit) {
      for (const [taskId, mapIndex, state] of toldIn(changes)) {
        const slots = isActive(state) ? slotsOf(taskId) : 0;
        const name = `${run_id} ${nameOf(taskId, mapIndex)}`;
        const before = held.get(name) ?? 0;
        if (before === slots) continue;
        taken += slots - before;
        moves += 1;
        held.set(name, slots);
      }
    }
    most = Math.max(most, taken);
  }
  if (taken !== 0) throw new Error(`${taken} slots are still taken: the runs have not ended`);
  return { most, moves };
}

async function readChanges(pool: DatabasePool): Promise<readonly ChangeSql[]> {
  const { rows } = await pool.query<ChangeSql>(
    `select c.run_id, r.dag_id, c.version, c.at, c.by, c.changes
     from millrace.run_change c join millrace.dag_run r using (run_id)
     order by c.at, c.run_id, c.version`,
  );
  return rows;
}

function toldIn(changes: string): readonly Told[] {
  return (JSON.parse(changes) as { readonly ti?: readonly Told[] }).ti ?? [];
}

function isActive(state: string | null): boolean {
  return state === "queued" || state === "running" || state === "restarting";
}

function nameOf(taskId: string, mapIndex: number): string {
  return mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}
