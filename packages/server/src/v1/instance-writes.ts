import type { V1TaskInstance, V1TaskInstanceReference } from "@millrace/api";
import { formatInstant } from "@millrace/core";
import type { Caller } from "../access/caller.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { findInstance, getInstance, type InstancePath } from "./find-instance.ts";
import type { V1Handlers } from "./handlers.ts";
import { instanceBody } from "./instance-body.ts";
import { reprPython } from "./python-text.ts";
import { readNote } from "./read-note.ts";
import { byOf, sendWish } from "./send-wish.ts";
import { VersionGraphs } from "./version-graphs.ts";

/** What is done to one task instance. */
export function instanceWriteHandlers(
  ports: ServerPorts,
): Pick<
  V1Handlers,
  "patch_task_instance" | "patch_mapped_task_instance" | "set_task_instance_note" | "set_mapped_task_instance_note"
> {
  const graphs = new VersionGraphs(ports.loadGraph);
  const setNote = async (
    path: InstancePath,
    note: string | null | undefined,
    caller: Caller,
  ): Promise<V1TaskInstance> => {
    const text = readNote(note);
    const missing = (): Problem => noInstance(path);
    const instance = await getInstance(ports, path, missing);
    if (!(await ports.notes.setTaskNote(instance, { text, by: byOf(caller) }))) throw missing();
    return await instanceBody(await getInstance(ports, path, missing), graphs);
  };
  return {
    patch_task_instance: ({ caller, params, body }) => patch(ports, { path: params, body, caller }),
    patch_mapped_task_instance: ({ caller, params, body }) => patch(ports, { path: params, body, caller }),
    set_task_instance_note: ({ caller, params, body }) => setNote(params, body.note, caller),
    set_mapped_task_instance_note: ({ caller, params, body }) => setNote(params, body.note, caller),
  };
}

interface Patch {
  readonly path: InstancePath;
  readonly body: { readonly dry_run?: boolean; readonly new_state?: "success" | "failed" | "skipped" };
  readonly caller: Caller;
}

async function patch(ports: ServerPorts, { path, body, caller }: Patch): Promise<V1TaskInstanceReference> {
  const { dag_id: dagId, dag_run_id: runKey, task_id: taskId, map_index: mapIndex } = path;
  const { new_state: state, dry_run: isDryRun = true } = body;
  if (state === undefined)
    throw new Problem(400, { detail: reprPython({ new_state: ["Missing data for required field."] }) });
  const dag = await ports.queries.findDag(dagId);
  if (!dag) throw new Problem(404, { title: "DAG not found", detail: `DAG ${reprPython(dagId)} not found` });
  if (!dag.graph.tasks.some((task) => task.taskId === taskId)) {
    throw new Problem(404, {
      title: "Task not found",
      detail: `Task ${reprPython(taskId)} not found in DAG ${reprPython(dagId)}`,
    });
  }
  const found = await findInstance(ports, path);
  // What was the task's one instance before a version mapped it is no instance any more: a mark would be one of all mapped ones.
  if (found === undefined || found === "mapped" || (found.mapIndex < 0 && found.state === "removed")) {
    throw new Problem(404, {
      detail: `Task instance not found for task ${reprPython(taskId)} on DAG run with ID ${reprPython(runKey)}`,
    });
  }
  if (!isDryRun) {
    const select = { taskIds: [taskId], ...(mapIndex !== undefined && { mapIndexes: [mapIndex] }) };
    await sendWish(ports, { dagId, command: { kind: "markTasks", runKey, select, state }, caller });
  }
  return {
    dag_id: dagId,
    dag_run_id: runKey,
    execution_date: formatInstant(found.logicalDate),
    task_id: taskId,
  };
}

function noInstance({
  dag_id: dagId,
  dag_run_id: runKey,
  task_id: taskId,
  map_index: mapIndex,
}: InstancePath): Problem {
  const index = mapIndex === undefined ? "" : `, map_index=${mapIndex}`;
  return new Problem(404, {
    title: `Task Instance not found for dag_id=${dagId}, run_id=${runKey}, task_id=${taskId}${index}`,
  });
}
