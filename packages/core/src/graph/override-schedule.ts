import type { Graph, ScheduleOverride } from "./graph.ts";

/**
 * The graph with another schedule. It keeps what it was overridden with, so that a worker that has built the graph of the file makes the same one of
 * it, to the letter.
 */
export function overrideSchedule(graph: Graph, override: ScheduleOverride): Graph {
  const { schedule, pausedUponCreation = graph.dag.pausedUponCreation } = override;
  const maxActiveRuns = schedule.kind === "continuous" ? 1 : graph.dag.maxActiveRuns;
  const paused = pausedUponCreation === undefined ? {} : { pausedUponCreation };
  return { ...graph, dag: { ...graph.dag, schedule, maxActiveRuns, ...paused, scheduleOverride: override } };
}
