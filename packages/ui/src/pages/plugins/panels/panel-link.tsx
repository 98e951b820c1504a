import type { ReactNode } from "react";
import { AppLink } from "../../../components/app-link.tsx";
import type { PagePanelLink } from "./panel.model.ts";

/** Leads to the DAG, run or task instance that a panel names; without a link it is plain. */
export function PanelLink({
  link,
  children,
}: {
  readonly link: PagePanelLink | undefined;
  readonly children: ReactNode;
}): ReactNode {
  if (link === undefined) return children;
  const { dagId, runId: runKey, taskId, mapIndex = -1 } = link;
  if (runKey === undefined)
    return (
      <AppLink to="/dags/$dagId" params={{ dagId }}>
        {children}
      </AppLink>
    );
  if (taskId === undefined)
    return (
      <AppLink to="/dags/$dagId/runs/$runKey" params={{ dagId, runKey }}>
        {children}
      </AppLink>
    );
  return (
    <AppLink
      to="/dags/$dagId/runs/$runKey/tasks/$taskId"
      params={{ dagId, runKey, taskId }}
      search={mapIndex < 0 ? {} : { map: String(mapIndex) }}
    >
      {children}
    </AppLink>
  );
}
