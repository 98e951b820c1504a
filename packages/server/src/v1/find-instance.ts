import type { ListedInstance } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";

/** A task instance as a path names it. */
export interface InstancePath {
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly task_id: string;
  /** Absent = that of a task that is not mapped. */
  readonly map_index?: number;
}

/** The task instance, if it is there; `mapped` for a path that lacks the map index. */
export async function findInstance(
  { runLists }: Pick<ServerPorts, "runLists">,
  { dag_id: dagId, dag_run_id: runKey, task_id: taskId, map_index: mapIndex }: InstancePath,
): Promise<ListedInstance | "mapped" | undefined> {
  const { items } = await runLists.listInstances(
    { dagIds: [dagId], runKeys: [runKey], taskIds: [taskId], ...(mapIndex !== undefined && { mapIndex }) },
    { limit: 2, offset: 0, by: "key", descending: false },
  );
  const whole = items.filter(({ state, mapIndex: index }) => state !== "removed" || index < 0);
  const [first = items[0]] = whole;
  if (first === undefined || mapIndex !== undefined) return first;
  // What was a placeholder stays behind as `removed` when a version maps a task that was not mapped.
  return items.some(({ mapIndex: index }) => index >= 0) ? "mapped" : first;
}

/** The task instance. @throws Problem 404 */
export async function getInstance(
  ports: Pick<ServerPorts, "runLists">,
  path: InstancePath,
  missing: () => Problem = () => new Problem(404, { title: "Task instance not found" }),
): Promise<ListedInstance> {
  const found = await findInstance(ports, path);
  if (found === undefined) throw missing();
  if (found !== "mapped") return found;
  throw new Problem(404, {
    title: "Task instance not found",
    detail: "Task instance is mapped, add the map_index value to the URL",
  });
}
