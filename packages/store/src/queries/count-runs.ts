import type { DagLists, RunState } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const COUNT = `
  select d.dag_id, json_object_agg(r.state, r.count) filter (where r.state is not null) as counts
  from millrace.dag d
  left join (
    select r.dag_id, r.state, count(*)::integer as count
    from millrace.dag_run r
    where $1::text[] is null or r.dag_id = any ($1)
    group by r.dag_id, r.state
  ) r on r.dag_id = d.dag_id
  where $1::text[] is null or d.dag_id = any ($1)
  group by d.dag_id
  order by d.dag_id`;

/** How many runs of DAGs are in which state. */
export async function countRuns(
  pool: DatabasePool,
  dagIds: readonly string[] | undefined,
): ReturnType<DagLists["countRuns"]> {
  type CountSql = { dag_id: string; counts: Partial<Record<RunState, number>> | null };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<CountSql>(COUNT, [dagIds ?? null]));
  return rows.map((row) => ({ dagId: row.dag_id, counts: row.counts ?? {} }));
}
