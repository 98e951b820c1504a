import type { EngineStore } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Unique keys of dag_run (run_key_unique, or logical_date_unique backwards), then the primary key of task_instance.
const READ = `
  select case when $4::text is null then r.state::text else t.state::text end as state
  from (
    select r.run_id, r.state
    from millrace.dag_run r
    where r.dag_id = $1 and ($2::text is null or r.run_key = $2) and ($3::bigint is null or r.logical_date = millrace.instant($3))
    order by r.logical_date desc
    limit 1
  ) r
  left join millrace.task_instance t on t.run_id = r.run_id and t.task_id = $4 and t.map_index = $5`;

type Ask = Parameters<EngineStore["readState"]>[0];

/** State of a run, or of a task instance in it; of the newest run when neither key nor logical date is given. */
export async function readState(pool: DatabasePool, ask: Ask): Promise<string | undefined> {
  const values = [ask.dagId, ask.runKey ?? null, ask.logicalDate ?? null, ask.taskId ?? null, ask.mapIndex ?? -1];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ state: string | null }>(READ, values));
  return rows[0]?.state ?? undefined;
}
