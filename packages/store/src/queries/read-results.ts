import type { ResultKey, StoredValue } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

const RESULT_KEY = "return_value";

// Primary key of task_instance; all instances of a task are neighbours there.
const RESULTS = `
  select u.place, t.result as json, t.result_meta as meta
  from unnest($1::integer[], $2::bigint[], $3::text[], $4::integer[]) u (place, run_id, task_id, map_index)
  join millrace.task_instance t on t.run_id = u.run_id and t.task_id = u.task_id and (u.map_index is null or t.map_index = u.map_index)
  where t.state = 'success' and t.result is not null
  order by u.place, t.map_index`;

const XCOMS = `
  select u.place, x.json, x.meta
  from unnest($1::integer[], $2::bigint[], $3::text[], $4::integer[], $5::text[]) u (place, run_id, task_id, map_index, key)
  join millrace.xcom x on x.run_id = u.run_id and x.task_id = u.task_id and x.key = u.key and (u.map_index is null or x.map_index = u.map_index)
  order by u.place, x.map_index`;

interface ValueSql {
  readonly place: number;
  readonly json: string;
  readonly meta: string | null;
}

/** For each key its values in index order: of one instance one or none, of all instances those that succeeded and have one. */
export async function readResults(
  pool: DatabasePool,
  keys: readonly ResultKey[],
): Promise<readonly (readonly StoredValue[])[]> {
  const values = keys.map((): StoredValue[] => []);
  const placed = keys.map((key, place) => ({ ...key, place }));
  const results = placed.filter(({ key }) => key === undefined || key === RESULT_KEY);
  const xcoms = placed.filter(({ key }) => key !== undefined && key !== RESULT_KEY);
  await runGuarded(pool, "any", async (client) => {
    for (const list of values) list.length = 0;
    const [resultRows, xcomRows] = [
      results.length === 0 ? [] : (await client.query<ValueSql>(RESULTS, columnsOf(results))).rows,
      xcoms.length === 0
        ? []
        : (await client.query<ValueSql>(XCOMS, [...columnsOf(xcoms), xcoms.map(({ key }) => key)])).rows,
    ];
    for (const { place, json, meta } of [...resultRows, ...xcomRows])
      values[place].push({ json, meta: meta ?? undefined });
  });
  return values;
}

function columnsOf(keys: readonly (ResultKey & { readonly place: number })[]): unknown[] {
  return [
    keys.map((key) => key.place),
    keys.map((key) => key.runId),
    keys.map((key) => key.taskId),
    keys.map((key) => key.mapIndex ?? null),
  ];
}
