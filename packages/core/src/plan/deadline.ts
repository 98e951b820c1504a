import type { Micros } from "../model/instant.ts";
import { isFine } from "../model/states.ts";
import type { Draft } from "./draft.ts";

/** What of a run is not done in time, and was not when it was looked at before. */
export interface Lateness {
  readonly isLate: boolean;
  /** Empty when the run itself is late. */
  readonly lateTasks: readonly string[];
  /** When something more may be late; undefined = never. */
  readonly nextAt?: Micros;
}

const IN_TIME: Lateness = { isLate: false, lateTasks: [] };

/** Compares a run with the deadlines of its DAG and tasks, counted from the end of its data interval. Scheduled runs only; each deadline once. */
export function lateness(draft: Draft): Lateness {
  const { head, run, now } = draft;
  if (
    run.compiled.deadlineMicros === undefined ||
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
  const since = toldBefore(draft);
  const late = open.filter(({ at }) => at <= now && at >= since);
  const ahead = open.filter(({ at }) => at > now).map(({ at }) => at);
  return {
    isLate: late.length > 0,
    lateTasks: late.every(({ taskId }) => taskId !== undefined) ? late.flatMap(({ taskId }) => taskId ?? []) : [],
    ...(ahead.length > 0 && { nextAt: Math.min(...ahead) }),
  };
}

/** Deadlines before this were told: once one was missed, the run's due time was never later than the next one that was still ahead. */
function toldBefore({ head, run }: Draft): Micros {
  if (!head.deadlineMissed) return -Infinity;
  return run.head.deadlineMissed ? (run.head.dueAt ?? Infinity) : Infinity;
}

function isDone(draft: Draft, task: number): boolean {
  return [...draft.slotsOf(task)].every((slot) => slot < 0 || isFine(draft.state(slot)));
}
