import type { InstanceOrder } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { V1Handlers } from "./handlers.ts";
import { instanceBodies } from "./instance-body.ts";
import { MOST_INSTANCES, readInstanceFilter } from "./instance-filters.ts";
import { readPage } from "./paging.ts";
import { VersionGraphs } from "./version-graphs.ts";

const ORDERS: Readonly<Record<string, InstanceOrder>> = {
  map_index: "key",
  state: "state",
  duration: "seconds",
  start_date: "startedAt",
  end_date: "endedAt",
};

/** Instances of mapped tasks. */
export function mappedInstanceHandlers(ports: ServerPorts): Pick<V1Handlers, "get_mapped_task_instances"> {
  const { runLists } = ports;
  const graphs = new VersionGraphs(ports.loadGraph);
  return {
    get_mapped_task_instances: async ({ params, query }) => {
      const { dag_id: dagId, dag_run_id: runKey, task_id: taskId } = params;
      const of = { dagIds: [dagId], runKeys: [runKey], taskIds: [taskId], onlyMapped: true } as const;
      const { items, total } = await runLists.listInstances(
        { ...of, ...readInstanceFilter(query) },
        { ...readPage(query, MOST_INSTANCES), ...readMappedOrder(query.order_by) },
      );
      if (total === 0) await requireMapped(ports, params);
      return { task_instances: await instanceBodies(items, graphs), total_entries: total };
    },
  };
}

/** @throws Problem 404 unless the task is mapped: what was mapped over nothing has an empty list */
async function requireMapped(
  { queries }: ServerPorts,
  { dag_id: dagId, task_id: taskId }: { readonly dag_id: string; readonly task_id: string },
): Promise<void> {
  const graph = (await queries.findDag(dagId))?.graph;
  if (!graph) throw new Problem(404, { title: `DAG ${dagId} not found` });
  const task = graph.tasks.find((each) => each.taskId === taskId);
  if (!task) throw new Problem(404, { title: `Task id ${taskId} not found` });
  let isMapped = task.each !== undefined;
  for (let group = task.group; group !== undefined; group = graph.groups[group]?.parent)
    isMapped ||= graph.groups[group]?.each !== undefined;
  if (!isMapped) throw new Problem(404, { title: `Task id ${taskId} is not mapped` });
}

/** @throws Problem 400 */
function readMappedOrder(orderBy = "map_index"): { readonly by: InstanceOrder; readonly descending: boolean } {
  const descending = orderBy.startsWith("-");
  const by = ORDERS[descending ? orderBy.slice(1) : orderBy];
  if (by === undefined) throw new Problem(400, { detail: `Ordering with '${orderBy}' is not supported` });
  return { by, descending };
}
