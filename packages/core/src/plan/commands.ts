import type { InstanceSelector } from "../ports/commands.ts";
import type { Cause } from "./changes.ts";
import type { Draft } from "./draft.ts";
import type { Refusal, RunEvent } from "./events.ts";
import { endUnfinished } from "./fail-fast.ts";
import { endRun } from "./outcome.ts";
import { beginSweep, clearFailedBelow, reopen, selectTasks, type Sweep } from "./select.ts";

type Event<K extends RunEvent["kind"]> = Extract<RunEvent, { kind: K }>;

/** Clears task instances; the run goes on, or again. */
export function planClear(draft: Draft, event: Event<"clear">): Refusal | undefined {
  const tasks = selectTasks(draft, event.select, { withScopes: true });
  if ("unknown" in tasks) return unknownTask(draft, event, tasks.unknown);
  const kept = event.keepRunState ? endOf(draft) : undefined;
  const sweep: Sweep = { kind: "clear", ...tasks, ...narrowed(event.select), by: event.by, next: 0 };
  beginSweep(draft, { ...sweep, ...(kept && { endsRun: kept }) });
  // A run that ended would be forgotten before the rest of it is cleared.
  if (!kept || draft.head.obligations.length > 0) reopen(draft);
  // Whoever keeps totals of ended runs hears that their instances have changed.
  else if (!draft.isEmpty) draft.setHead({ state: kept });
  if (event.backfillId !== undefined) draft.setHead({ backfillId: event.backfillId });
  return undefined;
}

/** Sets task instances' states by hand; failed ones below run again. */
export function planMarkTasks(draft: Draft, event: Event<"markTasks">): Refusal | undefined {
  const tasks = selectTasks(draft, event.select, { withScopes: false });
  if ("unknown" in tasks) return unknownTask(draft, event, tasks.unknown);
  beginSweep(draft, { kind: "mark", ...tasks, ...narrowed(event.select), state: event.state, by: event.by, next: 0 });
  if (event.state !== "skipped") clearFailedBelow(draft, tasks.taskIds);
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
      endUnfinished(
        draft,
        (s) => (s === "running" || s === "deferred" || s === "up_for_reschedule" ? "failed" : "skipped"),
        cause,
        { keepTeardowns: false },
      );
      if (draft.head.state !== "failed") endRun(draft, "failed", cause);
      return undefined;
    case "success":
      beginSweep(draft, {
        kind: "mark",
        taskIds: draft.run.compiled.tasks.map((task) => task.taskId),
        state: "success",
        by: event.by,
        next: 0,
        endsRun: "success",
      });
      // A run that ended would be forgotten before the rest of it is marked.
      if (draft.head.obligations.length > 0) reopen(draft);
      return undefined;
    default:
      throw new Error(`unreachable: ${state satisfies never}`);
  }
}

function endOf({ head }: Draft): "success" | "failed" | undefined {
  return head.state === "success" || head.state === "failed" ? head.state : undefined;
}

function narrowed(select: InstanceSelector): Pick<Sweep, "mapIndexes" | "only"> {
  const { mapIndexes } = select;
  const only = select.onlyFailed ? "failed" : select.onlyRunning ? "running" : undefined;
  return { ...(mapIndexes && { mapIndexes }), ...(only && { only }) };
}

function unknownTask(draft: Draft, event: RunEvent, taskId: string): Refusal {
  return {
    event,
    code: "NOT_FOUND",
    message: `the DAG ${draft.head.dagId} has no task ${taskId} in version ${draft.head.dagVersion}`,
  };
}
