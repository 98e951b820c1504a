import type { ReactNode } from "react";
import { AppLink } from "./app-link.tsx";

/** Also where links stand below each other, each is 24 px high: WCAG 2.2, target size. */
const TARGET = { overflowWrap: "anywhere", display: "inline-block", minHeight: 24, lineHeight: "24px" } as const;

/** Leads to a DAG. */
export function DagLink({ dagId }: { readonly dagId: string }): ReactNode {
  return (
    <AppLink to="/dags/$dagId/grid" params={{ dagId }} style={TARGET}>
      {dagId}
    </AppLink>
  );
}

/** Leads to a run, named by its key. */
export function RunLink({ dagId, runKey }: { readonly dagId: string; readonly runKey: string }): ReactNode {
  return (
    <AppLink to="/dags/$dagId/runs/$runKey" params={{ dagId, runKey }} style={TARGET}>
      {runKey}
    </AppLink>
  );
}

/** Leads to a task instance, named by its task and, where it is mapped, its map index. */
export function InstanceLink({
  dagId,
  runKey,
  taskId,
  mapIndex = -1,
}: {
  readonly dagId: string;
  readonly runKey: string;
  readonly taskId: string;
  /** -1 for a task that is not mapped. */
  readonly mapIndex?: number | undefined;
}): ReactNode {
  return (
    <AppLink
      to="/dags/$dagId/runs/$runKey/tasks/$taskId"
      params={{ dagId, runKey, taskId }}
      search={mapIndex < 0 ? {} : { map: String(mapIndex) }}
      style={TARGET}
    >
      {mapIndex < 0 ? taskId : `${taskId} [${mapIndex}]`}
    </AppLink>
  );
}
