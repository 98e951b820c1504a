import type { ListedRun, RunOrder } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import { readFields } from "./fields.ts";
import type { V1Handlers } from "./handlers.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";
import { runBody, RUN_FIELDS } from "./run-body.ts";
import { pathDags, readDates, readRunStates } from "./run-filters.ts";

const ORDERS = {
  id: "runId",
  state: "state",
  dag_id: "dagId",
  execution_date: "logicalDate",
  dag_run_id: "runKey",
  start_date: "startedAt",
  end_date: "endedAt",
  updated_at: "changedAt",
  external_trigger: "isExternal",
  conf: "conf",
} as const satisfies Record<string, RunOrder>;

/** Runs: lists and one. */
export function dagRunHandlers(
  { runLists }: ServerPorts,
  { maximumPageLimit }: ServerSettings,
): Pick<V1Handlers, "get_dag_runs" | "get_dag_runs_batch" | "get_dag_run"> {
  return {
    get_dag_runs: async ({ caller, params, query }) => {
      const pick = readFields(query.fields, {
        known: RUN_FIELDS,
        schema: "DAGRunSchema",
        title: "DAGRunCollectionSchema init error",
      });
      const dagIds = pathDags(caller, params.dag_id);
      const { items, total } = await runLists.listRuns(
        { ...(dagIds && { dagIds }), ...readRunStates(query.state), ...readDates(query) },
        { ...readRunOrder(query.order_by), ...readPage(query, maximumPageLimit) },
      );
      return { dag_runs: items.map((run) => pick(runBody(run))), total_entries: total };
    },
    get_dag_runs_batch: async ({ caller, body }) => {
      const readable = dagIdsFor(caller, "can_read");
      const wanted = body.dag_ids && body.dag_ids.length > 0 ? body.dag_ids : undefined;
      // Those that the caller may not read are left out without a word.
      const dagIds = readable && wanted ? wanted.filter((dagId) => readable.includes(dagId)) : (wanted ?? readable);
      const { page_limit: limit, page_offset: offset } = body;
      const { items, total } = await runLists.listRuns(
        { ...(dagIds && { dagIds }), ...readRunStates(body.states), ...readDates(body) },
        {
          ...readRunOrder(body.order_by),
          ...readPage(
            { ...(limit !== undefined && { limit }), ...(offset !== undefined && { offset }) },
            maximumPageLimit,
          ),
        },
      );
      return { dag_runs: items.map(runBody), total_entries: total };
    },
    get_dag_run: async ({ params, query }) => {
      const pick = readFields(query.fields, {
        known: RUN_FIELDS,
        schema: "DAGRunSchema",
        title: "DAGRunSchema init error",
      });
      return pick(runBody(await getRun(runLists, params)));
    },
  };
}

/** The run that a path names. @throws Problem 404 */
async function getRun(
  runLists: Pick<ServerPorts["runLists"], "findRun">,
  { dag_id: dagId, dag_run_id: runKey }: { readonly dag_id: string; readonly dag_run_id: string },
): Promise<ListedRun> {
  const run = await runLists.findRun(dagId, runKey);
  if (run) return run;
  throw new Problem(404, {
    title: "DAGRun not found",
    detail: `DAGRun with DAG ID: '${dagId}' and DagRun ID: '${runKey}' not found`,
  });
}

/** @throws Problem 400 */
function readRunOrder(orderBy: string | undefined): { readonly by: RunOrder; readonly descending: boolean } {
  const { field, descending } = readOrder(orderBy, Object.keys(ORDERS) as (keyof typeof ORDERS)[], "id");
  return { by: ORDERS[field], descending };
}
