import type { V1TaskInstanceReference, V1UpdateTaskInstancesStateInput } from "@millrace/api";
import type { Micros } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { affectedBy } from "./affected.ts";
import type { V1Handlers } from "./handlers.ts";
import { readInstant } from "./instants.ts";
import { reprPython } from "./python-text.ts";
import { runsInRange } from "./runs-in-range.ts";
import { sendWish } from "./send-wish.ts";

const REQUIRED = [
  "task_id",
  "new_state",
  "include_upstream",
  "include_downstream",
  "include_future",
  "include_past",
] as const satisfies (keyof V1UpdateTaskInstancesStateInput)[];

type Complete = V1UpdateTaskInstancesStateInput &
  Required<Pick<V1UpdateTaskInstancesStateInput, (typeof REQUIRED)[number]>>;

/** Sets the states of task instances by hand. */
export function setStateHandlers(ports: ServerPorts): Pick<V1Handlers, "post_set_task_instances_state"> {
  return {
    post_set_task_instances_state: async ({ caller, params: { dag_id: dagId }, body: given }) => {
      const body = readBody(given);
      const { task_id: taskId, new_state: state, dry_run: isDryRun = true } = body;
      const dag = await ports.queries.findDag(dagId);
      if (!dag) throw new Problem(404, { title: `Dag ID ${dagId} not found` });
      if (!dag.graph.tasks.some((task) => task.taskId === taskId))
        throw new Problem(404, { title: `Task ID ${taskId} not found` });
      const date = await dateOf(ports, dagId, body);
      const select = {
        taskIds: [taskId],
        ...(body.include_upstream && { upstream: true }),
        ...(body.include_downstream && { downstream: true }),
      };
      const span = { ...(!body.include_past && { from: date }), ...(!body.include_future && { to: date }) };
      const references: V1TaskInstanceReference[] = [];
      for await (const { runKey, logicalDate } of runsInRange(ports, dagId, span)) {
        const command = { kind: "markTasks", runKey, select, state } as const;
        const affected = await affectedBy(ports, { dagId, command, logicalDate });
        references.push(...affected);
        if (!isDryRun && affected.length > 0) await sendWish(ports, { dagId, command, caller });
      }
      return { task_instances: references };
    },
  };
}

/** @throws Problem 400 */
function readBody(body: V1UpdateTaskInstancesStateInput): Complete {
  const missing = REQUIRED.filter((field) => body[field] === undefined);
  if (missing.length > 0) {
    throw new Problem(400, {
      detail: reprPython(Object.fromEntries(missing.map((field) => [field, ["Missing data for required field."]]))),
    });
  }
  if ((body.execution_date === undefined) === (body.dag_run_id === undefined)) {
    throw new Problem(400, {
      detail: reprPython({ _schema: ["Exactly one of execution_date or dag_run_id must be provided"] }),
    });
  }
  return body as Complete;
}

/** The logical date of the run that is meant. @throws Problem 404 when the task has no instance there */
async function dateOf({ runLists }: ServerPorts, dagId: string, body: Complete): Promise<Micros> {
  const { execution_date: date, dag_run_id: runKey, task_id: taskId } = body;
  const at = date === undefined ? undefined : readInstant(date);
  const { items } = await runLists.listInstances(
    {
      dagIds: [dagId],
      taskIds: [taskId],
      ...(at !== undefined && { logicalDate: { from: at, to: at } }),
      ...(runKey !== undefined && { runKeys: [runKey] }),
    },
    { limit: 1, offset: 0, by: "key", descending: false },
  );
  const [found] = items;
  if (found) return found.logicalDate;
  const place = runKey === undefined ? `execution_date ${date}` : `DAG run with ID ${reprPython(runKey)}`;
  throw new Problem(404, { detail: `Task instance not found for task ${reprPython(taskId)} on ${place}` });
}
