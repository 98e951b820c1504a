import { getGraph } from "@millrace/api";
import { useCall } from "../../../server/queries.ts";
import type { GridCell } from "../../../components/task-tree/grid-cells.model.ts";
import type { GridRow } from "../../../components/task-tree/grid-rows.model.ts";
import type { GridRun } from "./use-grid.ts";

/** Cells of a mapped task, or of all tasks of a group, in one run. */
export function useCellsOf(run: GridRun, dagId: string, row: GridRow): readonly GridCell[] {
  const { runId } = run;
  const { data } = useCall(getGraph, { params: { runId } }, { live: { about: "runs", dagId, runId } });
  if (!data) return [];
  if (row.kind === "task") return data.cells.filter(({ taskId }) => taskId === row.id);
  const parents = new Map(data.groups.map(({ groupId, parent }) => [groupId, parent]));
  const isInside = (group: string | undefined): boolean => {
    for (let each = group; each !== undefined; each = parents.get(each)) if (each === row.id) return true;
    return false;
  };
  const inside = new Set(data.nodes.filter(({ group }) => isInside(group)).map(({ taskId }) => taskId));
  return data.cells.filter(({ taskId }) => inside.has(taskId));
}
