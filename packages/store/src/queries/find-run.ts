import type { EngineStore, Micros, RunHeadRow, RunState } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Unique keys of dag_run: run_key_unique, or logical_date_unique backwards.
const FIND = `
  select r.run_id, r.dag_id, r.run_key, r.dag_version, r.logical_date, r.state, r.triggered_by
  from millrace.dag_run r
  where r.dag_id = $1 and ($2::text is null or r.run_key = $2) and ($3::bigint is null or r.logical_date = millrace.instant($3))
  order by r.logical_date desc
  limit 1`;

interface HeadSql {
  readonly run_id: number;
  readonly dag_id: string;
  readonly run_key: string;
  readonly dag_version: number;
  readonly logical_date: Micros;
  readonly state: RunState;
  readonly triggered_by: string;
}

/** A run by key, by logical date, or else the one with the latest logical date. */
export async function findRun(
  pool: DatabasePool,
  ask: Parameters<EngineStore["findRun"]>[0],
): Promise<RunHeadRow | undefined> {
  const values = [ask.dagId, ask.runKey ?? null, ask.logicalDate ?? null];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<HeadSql>(FIND, values));
  return rows.map((row) => ({
    runId: row.run_id,
    dagId: row.dag_id,
    runKey: row.run_key,
    dagVersion: row.dag_version,
    logicalDate: row.logical_date,
    state: row.state,
    triggeredBy: row.triggered_by,
  }))[0];
}
