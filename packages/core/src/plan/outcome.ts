import { TASK_STATES, isTerminal } from "../model/states.ts";
import { OUTCOME } from "../model/run.ts";
import type { Cause } from "./changes.ts";
import type { Draft } from "./draft.ts";
import { endUnfinished } from "./fail-fast.ts";

/** Ends the run when nothing of it is unfinished; its state is that of its effective leaves. */
export function decideOutcome(draft: Draft): void {
  if (draft.head.state !== "running" || draft.head.obligations.length > 0 || draft.recount || unfinished(draft) > 0)
    return;
  const failedLeaf = draft.run.compiled.leaves.find(
    (task) => draft.doneCount(task, OUTCOME.failed) + draft.doneCount(task, OUTCOME.upstreamFailed) > 0,
  );
  if (failedLeaf === undefined) endRun(draft, "success");
  else
    endRun(draft, "failed", {
      code: "TASK_FAILURE",
      message: `${draft.run.compiled.tasks[failedLeaf].taskId} did not succeed`,
    });
}

/** Instances that are not in a terminal state. O(states). */
function unfinished(draft: Draft): number {
  return TASK_STATES.reduce((sum, state) => (isTerminal(state) ? sum : sum + draft.stateCount(state)), 0);
}

/** Sets the run's final state and asks for its callbacks. */
export function endRun(draft: Draft, state: "success" | "failed", cause?: Cause): void {
  draft.setHead({ state, endedAt: draft.now, dueAt: null, cause: cause ?? null });
  const event = state === "success" ? "success" : "failure";
  if (draft.run.compiled.graph.dag.callbacks.includes(event)) {
    draft.callbacks.push({ scope: "run", event, reason: reasonOf(state, cause) });
  }
}

/** What callbacks are told: Airflow's words where it has one. */
function reasonOf(state: string, cause: Cause | undefined): string {
  if (cause?.code === "TASK_FAILURE") return "task_failure";
  return cause?.code === "RUN_TIMED_OUT" ? "timed_out" : (cause?.message ?? state);
}

/** A run that took longer than its DAG allows fails; everything unfinished is skipped. */
export function timeOutRun(draft: Draft): void {
  const limit = draft.run.compiled.graph.dag.runTimeoutMicros;
  const { startedAt, state } = draft.head;
  if (limit === undefined || startedAt === undefined || state !== "running" || draft.now < startedAt + limit) return;
  const cause: Cause = { code: "RUN_TIMED_OUT", message: `the run took longer than its limit of ${limit / 1e6} s` };
  endUnfinished(draft, () => "skipped", cause, { keepTeardowns: false });
  endRun(draft, "failed", cause);
}
