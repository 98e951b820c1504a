import { RUN_STATES, type RunState } from "@millrace/core";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import type { ServerPorts } from "../ports.ts";
import type { V1Handlers } from "./handlers.ts";

/** How many runs of DAGs are in which state, zeros included. */
export function dagStatsHandlers({ dagLists, totals }: ServerPorts): Pick<V1Handlers, "get_dag_stats"> {
  return {
    get_dag_stats: async ({ caller, query }) => {
      const readable = dagIdsFor(caller, "can_read");
      const wanted = [...new Set(query.dag_ids.split(",").map((part) => part.trim()))];
      const dagIds = readable ? wanted.filter((dagId) => readable.includes(dagId)) : wanted;
      const [{ items }, counted] = await Promise.all([
        dagLists.listDags({ dagIds, limit: dagIds.length, offset: 0 }),
        totals.runs({ dagIds }),
      ]);
      const dags = items.map(({ dagId }) => {
        const countOf = (state: RunState): number =>
          counted
            .filter((each) => each.dagId === dagId && each.state === state)
            .reduce((sum, { runs }) => sum + runs, 0);
        return { dag_id: dagId, stats: RUN_STATES.map((state) => ({ state, count: countOf(state) })) };
      });
      return { dags, total_entries: dags.length };
    },
  };
}
