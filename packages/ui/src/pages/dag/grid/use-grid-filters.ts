import type { RunState, RunType } from "@millrace/api";
import { useMemo } from "react";
import { splitFilter, useFilters } from "../../../app/url-filters.ts";

/** Names of the grid's part of the URL. `dag_run_id` and `task_id` are what Airflow's links have. */
export type GridFilterName =
  | "run"
  | "task"
  | "dag_run_id"
  | "task_id"
  | "states"
  | "types"
  | "from"
  | "to"
  | "count"
  | "search"
  | "around"
  | "direction";

/** What narrows the runs. */
export interface RunFilter {
  readonly states?: string;
  readonly runTypes?: string;
  readonly logicalDateFrom?: string;
  readonly logicalDateTo?: string;
}

/** Choices of the grid, from the URL. */
export interface GridFilters {
  readonly run: string | undefined;
  readonly task: string | undefined;
  readonly states: readonly RunState[];
  readonly types: readonly RunType[];
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** How many runs there are at most; undefined: as many as one scrolls to. */
  readonly count: number | undefined;
  readonly search: string;
  /** A task whose relatives are shown. */
  readonly around: string | undefined;
  readonly direction: "upstream" | "downstream" | "both";
  readonly runFilter: RunFilter;
}

/** Reads the grid's choices from the URL, and changes them. */
export function useGridFilters(): readonly [
  GridFilters,
  (changes: Readonly<Partial<Record<GridFilterName, string | undefined>>>) => void,
] {
  const [url, change] = useFilters<GridFilterName>();
  const filters = useMemo((): GridFilters => {
    const { states, types, from, to, direction } = url;
    return {
      run: url.run ?? url.dag_run_id,
      task: url.task ?? url.task_id,
      states: splitFilter(states) as readonly RunState[],
      types: splitFilter(types) as readonly RunType[],
      from,
      to,
      count: Number(url.count) > 0 ? Number(url.count) : undefined,
      search: url.search ?? "",
      around: url.around,
      direction: direction === "upstream" || direction === "downstream" ? direction : "both",
      runFilter: {
        ...(states !== undefined && { states }),
        ...(types !== undefined && { runTypes: types }),
        ...(from !== undefined && { logicalDateFrom: from }),
        ...(to !== undefined && { logicalDateTo: to }),
      },
    };
  }, [url]);
  return [filters, change];
}
