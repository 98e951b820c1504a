import type { V1DagWarning, V1DagWarningCollection } from "@millrace/api";
import { formatInstant } from "@millrace/core";
import { may } from "../access/caller.ts";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Handlers } from "./handlers.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";
import { reprPython } from "./python-text.ts";

const POOL_WARNING = "non-existent pool";

/** What is about DAGs that will not work. Millrace knows of one kind: pools that tasks name and that there are not. */
export function dagWarningHandlers(
  { dagLists }: ServerPorts,
  { maximumPageLimit }: ServerSettings,
): Pick<V1Handlers, "get_dag_warnings"> {
  return {
    get_dag_warnings: async ({ caller, query }) => {
      const { dag_id: dagId, warning_type: type } = query;
      const order = readOrder(query.order_by, ["dag_id", "warning_type", "message", "timestamp"], "dag_id");
      const page = readPage(query, maximumPageLimit);
      if (dagId !== undefined && !may(caller, ["can_read", "DAGs"], dagId)) throw new Problem(403);
      if (type !== undefined && type !== POOL_WARNING) return listOf([], 0);
      const dagIds = dagId === undefined ? dagIdsFor(caller, "can_read") : [dagId];
      const { items, total } = await dagLists.listWarnings({
        // All are of one type, and messages begin with the id of their DAG.
        by: order.field === "timestamp" ? "at" : "dagId",
        descending: order.descending && order.field !== "warning_type",
        ...page,
        ...(dagIds && { dagIds }),
      });
      const warnings = items.map((warning) => ({
        dag_id: warning.dagId,
        warning_type: POOL_WARNING,
        message: `Dag '${warning.dagId}' references non-existent pools: ${reprPython(warning.missingPools)}`,
        timestamp: formatInstant(warning.at),
      }));
      return listOf(warnings, total);
    },
  };
}

/** Airflow sends `dag_warnings`, its document says `import_errors`: clients look for the one or the other. */
function listOf(warnings: readonly V1DagWarning[], total: number): V1DagWarningCollection {
  const named = { dag_warnings: warnings, import_errors: warnings, total_entries: total };
  return named;
}
