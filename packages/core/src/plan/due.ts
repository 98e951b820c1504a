import { setState, type Draft } from "./draft.ts";
import { lateness } from "./deadline.ts";
import { becomeReady, evaluate, type PastStates } from "./evaluate.ts";
import { timeOutRun } from "./outcome.ts";

/** Everything whose time has come: retries, reschedules, deferrals, the run's timeout, its deadline. */
export function planDue(draft: Draft, past?: PastStates): void {
  for (const [slot, dueAt] of draft.run.dueAt) {
    if (dueAt > draft.now) continue;
    const state = draft.state(slot);
    if (state === "up_for_reschedule" || state === "deferred") becomeReady(draft, slot);
    else if (state === "up_for_retry") retry(draft, slot, past);
  }
  timeOutRun(draft);
  missDeadline(draft);
}

/** A new try starts like the first one: what is above may have been cleared meanwhile, the list it maps over may be shorter. */
function retry(draft: Draft, slot: number, past?: PastStates): void {
  setState(draft, slot, "none");
  evaluate(draft, slot, past);
}

function missDeadline(draft: Draft): void {
  const { isLate, lateTasks } = lateness(draft);
  // Told by this plan already: it was due twice.
  if (!isLate || draft.patch.deadlineMissed) return;
  draft.setHead({ deadlineMissed: true });
  if (draft.run.compiled.graph.dag.callbacks.includes("deadline")) {
    draft.callbacks.push({
      scope: "run",
      event: "deadline",
      reason: lateTasks.length > 0 ? `not done in time: ${lateTasks.join(", ")}` : "the run is not done in time",
    });
  }
}
