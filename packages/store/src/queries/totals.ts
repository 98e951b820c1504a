import { TASK_STATES, type InstanceTotal, type RunTotal, type Totals } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary keys of the totals; the differences since they were folded are few (FOLD_FROM).
const RUN_PARTS = `
    select dag_id, run_type, state, runs, 0 as deltas from millrace.run_total where $1::text[] is null or dag_id = any ($1)
    union all
    select dag_id, run_type, state, runs, 1 from millrace.run_total_delta where $1::text[] is null or dag_id = any ($1)`;

// Index dag_run_live, and one probe of run_change's key for each run that has not ended. Counts of a run do not have all that are `removed` (13): their
// total is kept for all runs.
const INSTANCE_PARTS = `
    select dag_id, state, instances, 0 as deltas from millrace.instance_total where $1::text[] is null or dag_id = any ($1)
    union all
    select dag_id, state, instances, 1 from millrace.instance_total_delta where $1::text[] is null or dag_id = any ($1)
    union all
    select r.dag_id, c.state, c.count::bigint, 0
    from millrace.dag_run r
    cross join lateral unnest(string_to_array(millrace.newest_counts(r.run_id), ',')) with ordinality c (count, state)
    where r.state in ('queued', 'running') and ($1::text[] is null or r.dag_id = any ($1)) and c.count <> '0' and c.state <> 13`;

const RUNS = `
  select t.dag_id as "dagId", t.run_type as "runType", t.state, sum(t.runs)::bigint as runs, sum(t.deltas)::bigint as deltas
  from (${RUN_PARTS}
  ) t
  group by t.dag_id, t.run_type, t.state
  order by t.dag_id, t.run_type, t.state`;

const INSTANCES = `
  select t.dag_id as "dagId", t.state, sum(t.instances)::bigint as instances, sum(t.deltas)::bigint as deltas
  from (${INSTANCE_PARTS}
  ) t
  group by t.dag_id, t.state
  order by t.dag_id, t.state`;

// Summed up where they are: over all DAGs there are tens of thousands of rows.
const COUNT_RUNS = `
  select coalesce(sum(t.runs), 0)::bigint as count, coalesce(sum(t.deltas), 0)::bigint as deltas
  from (${RUN_PARTS}
  ) t
  where ($2::text[] is null or t.state::text = any ($2)) and ($3::text[] is null or t.run_type::text = any ($3))`;

const COUNT_INSTANCES = `
  select coalesce(sum(t.instances), 0)::bigint as count, coalesce(sum(t.deltas), 0)::bigint as deltas
  from (${INSTANCE_PARTS}
  ) t
  where $2::integer[] is null or t.state = any ($2)`;

// Primary key of the total, and the differences since it was folded.
const COUNT_ROWS = `
  select coalesce(sum(t.rows), 0)::bigint as count, coalesce(sum(t.deltas), 0)::bigint as deltas
  from (
    select rows, 0 as deltas from millrace.row_total where name = $1
    union all
    select rows, 1 from millrace.row_total_delta where name = $1
  ) t`;

const FOLD = "select millrace.fold_totals($1) as folded";

/** Readers that meet more differences than this fold some of them. */
const FOLD_FROM = 2_000;
/** Differences that one call folds at most. */
export const FOLD_MOST = 20_000;

type Counted<Row> = Row & { readonly deltas: number };

/** The totals of a database. */
export function makeTotals(pool: DatabasePool): Totals {
  const read = async <Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    const { rows } = await runGuarded(pool, "any", (client) => client.query<Counted<Row>>(text, [...values]));
    if (rows.reduce((sum, { deltas }) => sum + deltas, 0) > FOLD_FROM) await foldTotals(pool);
    return rows.map(({ deltas: _, ...row }) => row as unknown as Row);
  };
  const runs: Totals["runs"] = async (request = {}) =>
    (await read<RunTotal>(RUNS, [request.dagIds ?? null])).filter((total) => total.runs !== 0);
  const instances: Totals["instances"] = async (request = {}) => {
    const rows = await read<{ dagId: string; state: number; instances: number }>(INSTANCES, [request.dagIds ?? null]);
    return rows.flatMap(({ dagId, state, instances: count }): readonly InstanceTotal[] => {
      const name = TASK_STATES[state - 1];
      return name === undefined || count === 0 ? [] : [{ dagId, state: name, instances: count }];
    });
  };
  const count = async (text: string, values: readonly unknown[]): Promise<number> =>
    (await read<{ count: number }>(text, values))[0].count;
  return {
    runs,
    countRuns: ({ dagIds, states, runTypes } = {}) =>
      count(COUNT_RUNS, [dagIds ?? null, states ?? null, runTypes ?? null]),
    instances,
    countInstances: ({ dagIds, states } = {}) =>
      count(COUNT_INSTANCES, [dagIds ?? null, states?.map((state) => TASK_STATES.indexOf(state) + 1) ?? null]),
  };
}

/** How many rows a table has, without counting them. @param name of the total that is kept of it */
export async function countRows(pool: DatabasePool, name: "audit"): Promise<number> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ count: number; deltas: number }>(COUNT_ROWS, [name]),
  );
  const [{ count, deltas }] = rows;
  if (deltas > FOLD_FROM) await foldTotals(pool);
  return count;
}

/** Folds the differences into the totals, a bounded number at a time. @returns how many went; 0 = none are left, or somebody else is at it. */
export async function foldTotals(pool: DatabasePool): Promise<number> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ folded: number }>(FOLD, [FOLD_MOST]));
  return rows[0].folded;
}
