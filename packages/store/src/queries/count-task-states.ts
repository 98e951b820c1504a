import type { EngineStore, TaskState } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary key of task_instance; all instances of a task are neighbours there.
const COUNT = `
  select t.task_id, t.state, count(*)::integer as count
  from millrace.task_instance t
  where t.run_id = $1 and t.task_id = any ($2)
  group by t.task_id, t.state`;

interface CountSql {
  readonly task_id: string;
  readonly state: TaskState;
  readonly count: number;
}

/** How many instances of these tasks are in which state. */
export async function countTaskStates(
  pool: DatabasePool,
  runId: number,
  taskIds: readonly string[],
): ReturnType<EngineStore["countTaskStates"]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<CountSql>(COUNT, [runId, taskIds]));
  return rows.map((row) => ({ taskId: row.task_id, state: row.state, count: row.count }));
}
