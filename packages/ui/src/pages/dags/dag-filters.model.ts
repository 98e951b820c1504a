import type { InputOf, listDags, RunState } from "@millrace/api";

/** What the list of DAGs is narrowed by in its URL. */
export type DagFilterName = "search" | "tags" | "tagsMode" | "owner" | "show" | "last" | "order";

type Filters = Readonly<Partial<Record<DagFilterName, string>>>;
type Query = InputOf<typeof listDags>["query"];

const RUN_STATES = ["queued", "running", "success", "failed"] as const satisfies readonly RunState[];
const ORDERS = ["dagId", "lastRun", "nextRun"] as const;

/** The query of the server for the filters of a URL. What a URL has that is none of them is left out. */
export function queryOf(filters: Filters, favourites: readonly string[]): Query {
  const { search, tags, tagsMode, owner, show, last, order } = filters;
  const lastRunState = RUN_STATES.find((state) => state === last);
  const orderBy = ORDERS.find((each) => each === order);
  return {
    ...(search !== undefined && { search }),
    ...(tags !== undefined && { tags, ...(tagsMode === "all" && { tagsMode }) }),
    ...(owner !== undefined && { owner }),
    ...((show === "active" || show === "paused") && { paused: show === "paused" }),
    ...(show === "favourites" && { dagIds: favourites.join(",") }),
    ...(lastRunState !== undefined && { lastRunState }),
    ...(orderBy !== undefined && { orderBy }),
  };
}
