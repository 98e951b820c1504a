import type { InstanceFilter } from "@millrace/core";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { getInstance } from "./find-instance.ts";
import type { V1Handlers } from "./handlers.ts";
import { instanceBodies, instanceBody } from "./instance-body.ts";
import { MOST_INSTANCES, readInstanceFilter } from "./instance-filters.ts";
import { readPage } from "./paging.ts";
import { reprPython } from "./python-text.ts";
import { ALL, pathDags } from "./run-filters.ts";
import { VersionGraphs } from "./version-graphs.ts";

/** Task instances: lists and one. */
export function taskInstanceHandlers(
  ports: ServerPorts,
): Pick<
  V1Handlers,
  "get_task_instances" | "get_task_instances_batch" | "get_task_instance" | "get_mapped_task_instance"
> {
  const { runLists } = ports;
  const graphs = new VersionGraphs(ports.loadGraph);
  return {
    get_task_instances: async ({ caller, params, query }) => {
      const dagIds = pathDags(caller, params.dag_id);
      const filter = {
        ...(dagIds && { dagIds }),
        ...(params.dag_run_id !== ALL && { runKeys: [params.dag_run_id] }),
        ...readInstanceFilter(query),
      };
      return await listed(filter, readPage(query, MOST_INSTANCES));
    },
    get_task_instances_batch: async ({ caller, body }) => {
      const readable = dagIdsFor(caller, "can_read");
      const { dag_ids: wanted = [], dag_run_ids: runKeys, task_ids: taskIds } = body;
      if (readable && wanted.some((dagId) => !readable.includes(dagId))) {
        throw new Problem(403, {
          detail: `User not allowed to access some of these DAGs: ${reprPython(wanted)}`,
        });
      }
      const dagIds = wanted.length > 0 ? wanted : readable;
      return await listed(
        {
          ...(dagIds && { dagIds }),
          ...(runKeys && runKeys.length > 0 && { runKeys }),
          ...(taskIds && taskIds.length > 0 && { taskIds }),
          ...readInstanceFilter(body),
        },
        // Airflow takes no page here, and answers with all.
        { limit: MOST_INSTANCES, offset: 0 },
      );
    },
    get_task_instance: async ({ params }) => await instanceBody(await getInstance(ports, params), graphs),
    get_mapped_task_instance: async ({ params }) => await instanceBody(await getInstance(ports, params), graphs),
  };

  async function listed(
    filter: InstanceFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ task_instances: Awaited<ReturnType<typeof instanceBodies>>; total_entries: number }> {
    const { items, total } = await runLists.listInstances(filter, { ...page, by: "key", descending: false });
    return { task_instances: await instanceBodies(items, graphs), total_entries: total };
  }
}
