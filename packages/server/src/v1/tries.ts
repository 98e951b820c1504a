import type { V1TaskInstance } from "@millrace/api";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { findInstance, type InstancePath } from "./find-instance.ts";
import type { V1Handlers } from "./handlers.ts";
import { tryBody } from "./instance-body.ts";
import { compareBy, readOrder } from "./order-by.ts";
import { readPage, sliceOf } from "./paging.ts";
import { VersionGraphs } from "./version-graphs.ts";

interface ListQuery {
  readonly limit?: number;
  readonly offset?: number;
  readonly order_by?: string;
}

/** Tries of task instances: the present one and those before. */
export function tryHandlers(
  ports: ServerPorts,
): Pick<
  V1Handlers,
  | "get_task_instance_tries"
  | "get_task_instance_try_details"
  | "get_mapped_task_instance_tries"
  | "get_mapped_task_instance_try_details"
> {
  const graphs = new VersionGraphs(ports.loadGraph);
  const list = async (
    path: InstancePath,
    query: ListQuery,
  ): Promise<{ task_instances: readonly V1TaskInstance[]; total_entries: number }> => {
    const { descending } = readOrder(query.order_by, ["id", "try_number"], "try_number");
    const instance = await findInstance(ports, path);
    // Nobody has tried what is not there.
    if (instance === undefined || instance === "mapped") return { task_instances: [], total_entries: 0 };
    const tries = await ports.queries.listTries(instance);
    const ordered = tries.toSorted(compareBy(({ tryNumber }) => tryNumber, { descending }));
    const shown = sliceOf(ordered, readPage(query, Infinity));
    const bodies = await Promise.all(shown.map((attempt) => tryBody(instance, attempt, graphs)));
    return { task_instances: bodies, total_entries: tries.length };
  };
  const one = async (path: InstancePath, tryNumber: number): Promise<V1TaskInstance> => {
    const instance = await findInstance(ports, path);
    const found = instance !== undefined && instance !== "mapped" ? instance : undefined;
    const tries = found ? await ports.queries.listTries(found) : [];
    const attempt = tries.find((each) => each.tryNumber === tryNumber);
    if (!found || !attempt) throw notFound(path, tryNumber);
    return await tryBody(found, attempt, graphs);
  };
  return {
    get_task_instance_tries: ({ params, query }) => list(params, query),
    get_mapped_task_instance_tries: ({ params, query }) => list(params, query),
    get_task_instance_try_details: ({ params }) => one(params, params.task_try_number),
    get_mapped_task_instance_try_details: ({ params }) => one(params, params.task_try_number),
  };
}

function notFound(path: InstancePath, tryNumber: number): Problem {
  const { dag_id: dagId, dag_run_id: runKey, task_id: taskId, map_index: mapIndex = -1 } = path;
  return new Problem(404, {
    title: "Task instance not found",
    detail: `Task Instance not found for dag_id=${dagId}, run_id=${runKey}, task_id=${taskId}, map_index=${mapIndex}, try_number=${tryNumber}.`,
  });
}
