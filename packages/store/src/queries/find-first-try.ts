import type { EngineStore } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary key of task_try. A try in a final state is history only because the instance was cleared after it.
const FIRST = `
  select coalesce(max(t.try_number), 0) + 1 as first_try
  from millrace.task_try t
  where t.run_id = $1 and t.task_id = $2 and t.map_index = $3 and t.state in ('success', 'failed', 'skipped')`;

/** The number of an instance's first try since it was last cleared after it had ended. */
export async function findFirstTry(
  pool: DatabasePool,
  instance: Parameters<EngineStore["findFirstTry"]>[0],
): Promise<number> {
  const values = [instance.runId, instance.taskId, instance.mapIndex];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ first_try: number }>(FIRST, values));
  return rows[0].first_try;
}
