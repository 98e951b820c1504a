import type { Cause } from "./changes.ts";
import { setState, type Draft } from "./draft.ts";
import { isTerminal, type TaskState } from "../model/states.ts";

/** A DAG with `failFast`: the first failure ends all other tasks but teardowns; running ones fail, the rest is skipped. */
export function failFast(draft: Draft, slot: number): void {
  const { compiled } = draft.run;
  if (!compiled.graph.dag.failFast) return;
  const culprit = compiled.tasks[draft.taskOf(slot)].taskId;
  const cause: Cause = { code: "FAIL_FAST", message: `${culprit} failed and the DAG fails fast` };
  endUnfinished(draft, (state) => (state === "running" ? "failed" : "skipped"), cause, { keepTeardowns: true });
}

/** Ends every unfinished instance; their dispatches die with this commit and are stopped after it. */
export function endUnfinished(draft: Draft, endState: (state: TaskState) => TaskState, cause: Cause, options: { readonly keepTeardowns: boolean }): void {
  for (let slot = 0; slot < draft.length; slot += 1) {
    const task = draft.taskOf(slot);
    const state = draft.state(slot);
    if (task < 0 || isTerminal(state) || (options.keepTeardowns && draft.run.compiled.tasks[task].teardown)) continue;
    kill(draft, slot, cause.message);
    setState(draft, slot, endState(state), cause);
  }
}

/** Marks the dispatch of an instance for stopping once the commit that ends it is known (R4). */
export function kill(draft: Draft, slot: number, reason: string): void {
  const dispatchId = draft.dispatchOf(slot);
  if (dispatchId !== undefined) draft.stops.push({ dispatchId, reason });
}
