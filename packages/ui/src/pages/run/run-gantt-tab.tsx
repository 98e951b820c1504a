import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { LoadingState } from "../../components/answer.tsx";
import { GanttChart } from "../../components/gantt/gantt-chart.tsx";
import { useRun } from "./use-run.ts";

/** When each task of this run waited and ran. */
export function RunGanttTab(): ReactNode {
  const { dagId, runKey } = useParams({ from: "/dags/$dagId/runs/$runKey/gantt" });
  const { data: run } = useRun(dagId, runKey);
  return run ? <GanttChart run={run} /> : <LoadingState rows={12} />;
}
