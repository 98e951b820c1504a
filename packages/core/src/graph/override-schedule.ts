import type { Schedule } from "../timetable/schedule.ts";
import type { Graph } from "./graph.ts";

/** A schedule that was given to a DAG from outside of its file. */
export interface ScheduleOverride {
  /** The file that says so, as people name it: relative to the project folder. */
  readonly from: string;
  readonly schedule: Schedule;
  /** Whether the DAG is paused when it appears for the first time. Absent: as its own file says. */
  readonly pausedUponCreation?: boolean;
}

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
