import { isTerminal } from "../model/states.ts";
import type { Draft } from "./draft.ts";
import { becomeReady } from "./evaluate.ts";
import { timeOutRun } from "./outcome.ts";

/** Everything whose time has come: retries, reschedules, deferrals, the run's timeout, its deadline. */
export function planDue(draft: Draft): void {
  for (const [slot, dueAt] of draft.run.dueAt) {
    if (dueAt > draft.now) continue;
    const state = draft.state(slot);
    if (state === "up_for_retry" || state === "up_for_reschedule" || state === "deferred") becomeReady(draft, slot);
  }
  timeOutRun(draft);
  missDeadline(draft);
}

function missDeadline(draft: Draft): void {
  const at = deadlineOf(draft);
  if (at === undefined || draft.now < at) return;
  draft.setHead({ deadlineMissed: true });
  const late = lateTasks(draft);
  if (draft.run.compiled.graph.dag.callbacks.includes("deadline")) {
    draft.callbacks.push({ scope: "run", event: "deadline", reason: late.length > 0 ? `not done in time: ${late.join(", ")}` : "the run is not done in time" });
  }
}

function deadlineOf(draft: Draft): number | undefined {
  const { head, run } = draft;
  if (head.deadlineMissed || head.state === "success" || head.state === "failed" || head.runType !== "scheduled") return undefined;
  const { deadlineMicros } = run.compiled;
  return deadlineMicros === undefined ? undefined : head.intervalEnd + deadlineMicros;
}

function lateTasks(draft: Draft): string[] {
  const late: string[] = [];
  draft.run.compiled.tasks.forEach((task, index) => {
    if (task.deadlineMicros === undefined || draft.now < draft.head.intervalEnd + task.deadlineMicros) return;
    if ([...draft.slotsOf(index)].some((slot) => slot >= 0 && draft.state(slot) !== "success" && !(isTerminal(draft.state(slot)) && draft.state(slot) === "skipped"))) late.push(task.taskId);
  });
  return late;
}

/** When the run wants to be looked at next though nothing happens; undefined = only events move it. */
export function nextDue(draft: Draft): number | undefined {
  const { run, head } = draft;
  if (head.state === "success" || head.state === "failed") return undefined;
  let next = Infinity;
  for (const [slot, dueAt] of run.dueAt) if (!draft.instances.has(slot) && dueAt < next) next = dueAt;
  for (const values of draft.instances.values()) if (values.dueAt !== undefined && values.dueAt < next) next = values.dueAt;
  const limit = run.compiled.graph.dag.runTimeoutMicros;
  if (limit !== undefined && head.startedAt !== undefined) next = Math.min(next, head.startedAt + limit);
  next = Math.min(next, deadlineOf(draft) ?? Infinity);
  return next === Infinity ? undefined : next;
}
