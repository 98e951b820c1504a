import type { Micros } from "../model/instant.ts";
import { isTerminal } from "../model/states.ts";
import { lateness } from "./deadline.ts";
import type { Draft } from "./draft.ts";

/** The run's due time is written when it comes nearer or has passed, not with every change. */
export function planNextLook(draft: Draft, wasDue: boolean): void {
  const { head } = draft;
  if (head.state === "success" || head.state === "failed") return;
  const known = draft.run.head.dueAt;
  if (wasDue || known === undefined || head.dueAt === undefined) {
    const next = nextDue(draft);
    if (next !== head.dueAt) draft.setHead({ dueAt: next ?? null });
    return;
  }
  let nearest = known;
  for (const values of draft.instances.values())
    if (values.dueAt !== undefined && !isTerminal(values.state)) nearest = Math.min(nearest, values.dueAt);
  // A run that has just begun has a timeout that it had not before.
  if (draft.patch.startedAt !== undefined) nearest = Math.min(nearest, timeoutAt(draft));
  if (nearest < known) draft.setHead({ dueAt: nearest });
}

/** When the run wants to be looked at next though nothing happens; undefined = only events move it. */
function nextDue(draft: Draft): Micros | undefined {
  const { run } = draft;
  let next = Math.min(timeoutAt(draft), nextDeadline(draft), beginsAt(draft));
  for (const [slot, dueAt] of run.dueAt) if (!draft.instances.has(slot) && dueAt < next) next = dueAt;
  for (const values of draft.instances.values())
    if (values.dueAt !== undefined && values.dueAt < next) next = values.dueAt;
  return next === Infinity ? undefined : next;
}

/** A deadline that has passed before the first look is looked at at once. */
function nextDeadline(draft: Draft): Micros {
  const { isLate, nextAt = Infinity } = lateness(draft);
  return isLate && !draft.head.deadlineMissed ? draft.now : nextAt;
}

/** When a run that waits for its date may begin. */
function beginsAt({ head, now }: Draft): Micros {
  return head.state === "queued" && head.runAfter > now ? head.runAfter : Infinity;
}

function timeoutAt({ run, head }: Draft): Micros {
  const limit = run.compiled.graph.dag.runTimeoutMicros;
  return limit === undefined || head.startedAt === undefined ? Infinity : head.startedAt + limit;
}
