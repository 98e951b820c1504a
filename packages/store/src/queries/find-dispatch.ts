import type { EngineStore, InstanceRef } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary key of task_instance: one row, however many the run has.
const FIND = `
  select replace(t.dispatch_id::text, '-', '') as dispatch_id, t.try_number
  from millrace.task_instance t
  where t.run_id = $1 and t.task_id = $2 and t.map_index = $3 and t.dispatch_id is not null`;

/** The dispatch that an instance is in. */
export async function findDispatch(
  pool: DatabasePool,
  { runId, taskId, mapIndex }: InstanceRef,
): ReturnType<EngineStore["findDispatch"]> {
  type DispatchSql = { readonly dispatch_id: string; readonly try_number: number };
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<DispatchSql>(FIND, [runId, taskId, mapIndex]),
  );
  const [row] = rows as readonly (DispatchSql | undefined)[];
  return row && { dispatchId: row.dispatch_id, tryNumber: row.try_number };
}
