import type { Cause } from "./changes.ts";
import { setState, type Draft } from "./draft.ts";
import { isTerminal, type TaskState } from "../model/states.ts";
import { kill } from "./kill.ts";

/**
 * A DAG with `failFast`: the first failure ends all other tasks but teardowns; running ones fail, the rest is skipped.
 *
 * @returns true when it did: everything above the teardowns has ended now, so they are to be evaluated.
 */
export function failFast(draft: Draft, slot: number): boolean {
  const { compiled } = draft.run;
  if (!compiled.graph.dag.failFast) return false;
  const culprit = compiled.tasks[draft.taskOf(slot)].taskId;
  const cause: Cause = { code: "FAIL_FAST", message: `${culprit} failed and the DAG fails fast` };
  endUnfinished(draft, (state) => (state === "running" ? "failed" : "skipped"), cause, { keepTeardowns: true });
  return true;
}

/** True for an instance that was still to be made when its DAG failed fast: it is skipped like the others. */
export function skipAfterFailFast(draft: Draft, slot: number): boolean {
  const { compiled } = draft.run;
  if (!compiled.graph.dag.failFast || draft.stateCount("failed") === 0 || compiled.tasks[draft.taskOf(slot)].teardown)
    return false;
  setState(draft, slot, "skipped", { code: "FAIL_FAST", message: "another task failed and the DAG fails fast" });
  return true;
}

/** Ends every unfinished instance; their dispatches die with this commit and are stopped after it. */
export function endUnfinished(
  draft: Draft,
  endState: (state: TaskState) => TaskState,
  cause: Cause,
  options: { readonly keepTeardowns: boolean },
): void {
  for (let slot = 0; slot < draft.length; slot += 1) {
    const task = draft.taskOf(slot);
    const state = draft.state(slot);
    if (task < 0 || isTerminal(state) || (options.keepTeardowns && draft.run.compiled.tasks[task].teardown)) continue;
    kill(draft, slot, cause.message);
    setState(draft, slot, endState(state), cause);
  }
}
