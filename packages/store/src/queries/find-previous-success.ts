import type { Micros, PreviousSuccess } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Index logical_date_unique, backwards: as many rows as runs failed since.
const FIND = `
  select logical_date, interval_start, interval_end, started_at, ended_at
  from millrace.dag_run
  where dag_id = $1 and logical_date < millrace.instant($2) and state = 'success'
  order by logical_date desc
  limit 1`;

interface PreviousSql {
  readonly logical_date: Micros;
  readonly interval_start: Micros;
  readonly interval_end: Micros;
  readonly started_at: Micros | null;
  readonly ended_at: Micros | null;
}

/** The successful run with the latest logical date before one. */
export async function findPreviousSuccess(
  pool: DatabasePool,
  dagId: string,
  logicalDate: Micros,
): Promise<PreviousSuccess | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<PreviousSql>(FIND, [dagId, logicalDate]));
  return rows.map((row) => ({
    logicalDate: row.logical_date,
    intervalStart: row.interval_start,
    intervalEnd: row.interval_end,
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  }))[0];
}
