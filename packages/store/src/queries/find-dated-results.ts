import type { DatedResults, DatedResultsQuestion, Micros } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const RESULT_KEY = "return_value";
/** Runs that are looked through, and values that are read, at most. */
const MOST_RUNS = 1_000;
const MOST_VALUES = 100_000;
/** The year 1: no logical date is before it. */
const EVER: Micros = -62_135_596_800_000_000;

// Index logical_date_unique, backwards, and for each run the primary key of the value's table. The limit inside the lateral join keeps the planner from
// reading that table as a whole, and the scalar subquery lets it leave out the other partitions.
const RESULTS = `
  with chosen as (
    select r.run_id
    from (
      select run_id, logical_date
      from millrace.dag_run
      where dag_id = $1 and logical_date between millrace.instant($2) and millrace.instant($3)
      order by logical_date desc
      limit $6
    ) r
    cross join lateral (
      select 1
      from millrace.task_instance t
      where t.run_id = r.run_id and t.task_id = $4 and ($5::integer is null or t.map_index = $5)
        and t.state = 'success' and t.result is not null
      limit 1
    ) has
    order by r.logical_date desc
    limit 1
  )
  select t.map_index, t.result as json, t.result_meta as meta
  from millrace.task_instance t
  where t.run_id = (select run_id from chosen) and t.task_id = $4 and ($5::integer is null or t.map_index = $5)
    and t.state = 'success' and t.result is not null
  order by t.map_index
  limit $7`;

const XCOMS = `
  with chosen as (
    select r.run_id
    from (
      select run_id, logical_date
      from millrace.dag_run
      where dag_id = $1 and logical_date between millrace.instant($2) and millrace.instant($3)
      order by logical_date desc
      limit $6
    ) r
    cross join lateral (
      select 1
      from millrace.xcom x
      where x.run_id = r.run_id and x.task_id = $4 and x.key = $8 and ($5::integer is null or x.map_index = $5)
      limit 1
    ) has
    order by r.logical_date desc
    limit 1
  )
  select x.map_index, x.json, x.meta
  from millrace.xcom x
  where x.run_id = (select run_id from chosen) and x.task_id = $4 and x.key = $8 and ($5::integer is null or x.map_index = $5)
  order by x.map_index
  limit $7`;

interface ValueSql {
  readonly map_index: number;
  readonly json: string;
  readonly meta: string | null;
}

/**
 * What a task left in its DAG's run of a logical date; with `orBefore` in the latest run up to it that has any, of the 1 000 before it.
 *
 * @returns undefined when there is none.
 */
export async function findDatedResults(
  pool: DatabasePool,
  { dagId, taskId, key = RESULT_KEY, mapIndex, logicalDate, orBefore }: DatedResultsQuestion,
): Promise<DatedResults | undefined> {
  const isResult = key === RESULT_KEY;
  const from = orBefore ? EVER : logicalDate;
  const asked = [dagId, from, logicalDate, taskId, mapIndex ?? null, MOST_RUNS, MOST_VALUES];
  const { rows } = await runGuarded(pool, "any", (client) =>
    isResult ? client.query<ValueSql>(RESULTS, asked) : client.query<ValueSql>(XCOMS, [...asked, key]),
  );
  if (rows.length === 0) return undefined;
  return {
    isMapped: rows[0].map_index >= 0,
    values: rows.map(({ json, meta }) => ({ json, meta: meta ?? undefined })),
  };
}
