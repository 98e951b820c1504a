import type { ReactNode } from "react";
import { AppLink } from "../../components/app-link.tsx";
import { texts } from "../../texts/index.ts";

/** Links from a task instance to its DAG, its run, and, for an instance of a mapped task, to the others. */
export function TaskCrumbs({
  dagId,
  runKey,
  mappedTaskId,
}: {
  readonly dagId: string;
  readonly runKey: string;
  /** Of an instance of a mapped task. */
  readonly mappedTaskId?: string;
}): readonly ReactNode[] {
  const links = [
    <AppLink key="dags" to="/dags">
      {texts.shell.dags}
    </AppLink>,
    <AppLink key="dag" to="/dags/$dagId" params={{ dagId }}>
      {dagId}
    </AppLink>,
    <AppLink key="run" to="/dags/$dagId/runs/$runKey" params={{ dagId, runKey }}>
      {runKey}
    </AppLink>,
  ];
  if (mappedTaskId === undefined) return links;
  return [
    ...links,
    <AppLink key="task" to="/dags/$dagId/runs/$runKey/tasks/$taskId" params={{ dagId, runKey, taskId: mappedTaskId }}>
      {texts.task.allInstances(mappedTaskId)}
    </AppLink>,
  ];
}
