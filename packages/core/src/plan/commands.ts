import type { Cause } from "./changes.ts";
import type { Draft } from "./draft.ts";
import type { Refusal, RunEvent } from "./events.ts";
import { endUnfinished } from "./fail-fast.ts";
import { endRun } from "./outcome.ts";
import { beginSweep, clearFailedBelow, reopen, selectTasks } from "./select.ts";

type Event<K extends RunEvent["kind"]> = Extract<RunEvent, { kind: K }>;

/** Clears task instances; the run goes on, or again. */
export function planClear(draft: Draft, event: Event<"clear">): Refusal | undefined {
  const tasks = selectTasks(draft, event.select);
  if ("unknown" in tasks) return unknownTask(draft, event, tasks.unknown);
  const only = event.select.onlyFailed ? "failed" : event.select.onlyRunning ? "running" : undefined;
  const { mapIndexes } = event.select;
  beginSweep(draft, { kind: "clear", ...tasks, ...(mapIndexes && { mapIndexes }), ...(only && { only }), by: event.by, next: 0 });
  reopen(draft);
  return undefined;
}

/** Sets task instances' states by hand; failed ones below run again. */
export function planMarkTasks(draft: Draft, event: Event<"markTasks">): Refusal | undefined {
  const tasks = selectTasks(draft, event.select);
  if ("unknown" in tasks) return unknownTask(draft, event, tasks.unknown);
  const { mapIndexes } = event.select;
  const named = event.select.taskIds ?? tasks.taskIds;
  beginSweep(draft, { kind: "mark", taskIds: named, ...(mapIndexes && { mapIndexes }), state: event.state, by: event.by, next: 0 });
  if (event.state !== "skipped") clearFailedBelow(draft, named);
  reopen(draft);
  return undefined;
}

/** Sets the state of a whole run by hand. */
export function planMarkRun(draft: Draft, event: Event<"markRun">): Refusal | undefined {
  const { state } = event;
  const cause: Cause = { code: "MARKED", message: `the run was marked ${state} by ${event.by}` };
  switch (state) {
    case "queued":
      reopen(draft);
      return undefined;
    case "failed":
      endUnfinished(draft, (s) => (s === "running" || s === "deferred" || s === "up_for_reschedule" ? "failed" : "skipped"), cause, { keepTeardowns: false });
      if (draft.head.state !== "failed") endRun(draft, "failed", cause);
      return undefined;
    case "success":
      beginSweep(draft, { kind: "mark", taskIds: draft.run.compiled.tasks.map((task) => task.taskId), state: "success", by: event.by, next: 0 });
      if (draft.head.state !== "success") endRun(draft, "success", cause);
      return undefined;
    default:
      throw new Error(`unreachable: ${state satisfies never}`);
  }
}

function unknownTask(draft: Draft, event: RunEvent, taskId: string): Refusal {
  return { event, code: "NOT_FOUND", message: `the DAG ${draft.head.dagId} has no task ${taskId} in version ${draft.head.dagVersion}` };
}
