import { RUN_STATES } from "@millrace/core";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import type { ServerPorts } from "../ports.ts";
import type { V1Handlers } from "./handlers.ts";

/** How many runs of DAGs are in which state, zeros included. */
export function dagStatsHandlers({ dagLists }: ServerPorts): Pick<V1Handlers, "get_dag_stats"> {
  return {
    get_dag_stats: async ({ caller, query }) => {
      const readable = dagIdsFor(caller, "can_read");
      const wanted = [...new Set(query.dag_ids.split(",").map((part) => part.trim()))];
      const dagIds = readable ? wanted.filter((dagId) => readable.includes(dagId)) : wanted;
      const counted = await dagLists.countRuns(dagIds);
      const dags = counted.map(({ dagId, counts }) => ({
        dag_id: dagId,
        stats: RUN_STATES.map((state) => ({ state, count: counts[state] ?? 0 })),
      }));
      return { dags, total_entries: dags.length };
    },
  };
}
