import { TASK_STATES, type InstanceTotal, type RunTotal, type Totals, type TotalsRequest } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary keys of the totals; the differences since they were folded are few (FOLD_FROM).
const RUNS = `
  select t.dag_id as "dagId", t.run_type as "runType", t.state, sum(t.runs)::bigint as runs, sum(t.deltas)::bigint as deltas
  from (
    select dag_id, run_type, state, runs, 0 as deltas from millrace.run_total where $1::text[] is null or dag_id = any ($1)
    union all
    select dag_id, run_type, state, runs, 1 from millrace.run_total_delta where $1::text[] is null or dag_id = any ($1)
  ) t
  group by t.dag_id, t.run_type, t.state
  order by t.dag_id, t.run_type, t.state`;

// Index dag_run_live, and one probe of run_change's key for each run that has not ended.
const INSTANCES = `
  select t.dag_id as "dagId", t.state, sum(t.instances)::bigint as instances, sum(t.deltas)::bigint as deltas
  from (
    select dag_id, state, instances, 0 as deltas from millrace.instance_total where $1::text[] is null or dag_id = any ($1)
    union all
    select dag_id, state, instances, 1 from millrace.instance_total_delta where $1::text[] is null or dag_id = any ($1)
    union all
    select r.dag_id, c.state, c.count::bigint, 0
    from millrace.dag_run r
    cross join lateral unnest(string_to_array(millrace.newest_counts(r.run_id), ',')) with ordinality c (count, state)
    where r.state in ('queued', 'running') and ($1::text[] is null or r.dag_id = any ($1)) and c.count <> '0'
  ) t
  group by t.dag_id, t.state
  order by t.dag_id, t.state`;

const FOLD = "select millrace.fold_totals($1) as folded";

/** Readers that meet more differences than this fold some of them. */
const FOLD_FROM = 2_000;
const FOLD_MOST = 20_000;

type Counted<Row> = Row & { readonly deltas: number };

/** The totals of a database. */
export function makeTotals(pool: DatabasePool): Totals {
  const read = async <Row extends object>(text: string, { dagIds }: TotalsRequest): Promise<readonly Row[]> => {
    const { rows } = await runGuarded(pool, "any", (client) => client.query<Counted<Row>>(text, [dagIds ?? null]));
    if (rows.reduce((sum, { deltas }) => sum + deltas, 0) > FOLD_FROM) await foldTotals(pool);
    return rows.map(({ deltas: _, ...row }) => row as unknown as Row);
  };
  const runs: Totals["runs"] = async (request = {}) =>
    (await read<RunTotal>(RUNS, request)).filter((total) => total.runs !== 0);
  const instances: Totals["instances"] = async (request = {}) => {
    const rows = await read<{ dagId: string; state: number; instances: number }>(INSTANCES, request);
    return rows.flatMap(({ dagId, state, instances: count }): readonly InstanceTotal[] => {
      const name = TASK_STATES[state - 1];
      return name === undefined || count === 0 ? [] : [{ dagId, state: name, instances: count }];
    });
  };
  return {
    runs,
    countRuns: async ({ states, runTypes, ...request } = {}) =>
      (await runs(request))
        .filter(({ state, runType }) => (states?.includes(state) ?? true) && (runTypes?.includes(runType) ?? true))
        .reduce((sum, total) => sum + total.runs, 0),
    instances,
    countInstances: async ({ states, ...request } = {}) =>
      (await instances(request))
        .filter(({ state }) => states?.includes(state) ?? true)
        .reduce((sum, total) => sum + total.instances, 0),
  };
}

/** Folds the differences into the totals, a bounded number at a time. @returns how many went; 0 = none are left, or somebody else is at it. */
export async function foldTotals(pool: DatabasePool): Promise<number> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ folded: number }>(FOLD, [FOLD_MOST]));
  return rows[0].folded;
}
