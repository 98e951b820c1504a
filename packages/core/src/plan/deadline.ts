import type { Micros } from "../model/instant.ts";
import type { Draft } from "./draft.ts";

/** What of a run is not done in time. */
export interface Lateness {
  readonly isLate: boolean;
  readonly lateTasks: readonly string[];
  /** When something more may be late; undefined = never. */
  readonly nextAt?: Micros;
}

const IN_TIME: Lateness = { isLate: false, lateTasks: [] };

/** Compares a run with the deadlines of its DAG and tasks, counted from the end of its data interval. Scheduled runs only; once per run. */
export function lateness(draft: Draft): Lateness {
  const { head, run, now } = draft;
  if (
    run.compiled.deadlineMicros === undefined ||
    head.deadlineMissed ||
    head.state === "success" ||
    head.state === "failed" ||
    head.runType !== "scheduled"
  )
    return IN_TIME;
  const open: { readonly at: Micros; readonly taskId?: string }[] = [];
  const { dag } = run.compiled.graph;
  if (dag.deadlineMicros !== undefined) open.push({ at: head.intervalEnd + dag.deadlineMicros });
  run.compiled.tasks.forEach(({ taskId, deadlineMicros }, task) => {
    if (deadlineMicros !== undefined && !isDone(draft, task))
      open.push({ at: head.intervalEnd + deadlineMicros, taskId });
  });
  const late = open.filter(({ at }) => at <= now);
  const ahead = open.filter(({ at }) => at > now).map(({ at }) => at);
  return {
    isLate: late.length > 0,
    lateTasks: late.flatMap(({ taskId }) => taskId ?? []),
    ...(ahead.length > 0 && { nextAt: Math.min(...ahead) }),
  };
}

function isDone(draft: Draft, task: number): boolean {
  return [...draft.slotsOf(task)].every((slot) => slot < 0 || isFine(draft.state(slot)));
}

function isFine(state: string): boolean {
  return state === "success" || state === "skipped" || state === "removed";
}
