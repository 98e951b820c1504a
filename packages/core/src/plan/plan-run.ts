import type { Micros } from "../model/instant.ts";
import type { Run } from "../model/run.ts";
import type { Report } from "../ports/executor.ts";
import { planClear, planMarkRun, planMarkTasks } from "./commands.ts";
import { createTasks, start } from "./create-run.ts";
import { Draft } from "./draft.ts";
import { planDue } from "./due.ts";
import { evaluate, evaluateAll, evaluateDownstream, type PastStates } from "./evaluate.ts";
import type { Refusal, RunEvent } from "./events.ts";
import { createInstances, STEP } from "./expand.ts";
import { skipAfterFailFast } from "./fail-fast.ts";
import { planNextLook } from "./next-look.ts";
import { decideOutcome } from "./outcome.ts";
import { planReport } from "./report.ts";
import { carryOutSweep, isSweep } from "./select.ts";

/** Values from outside the run that a plan depends on. */
export interface Facts {
  /** By the database clock (R7). */
  readonly now: Micros;
  readonly past?: PastStates;
  /** Which slot a dispatch is in; the owner keeps the index. */
  readonly slotOf: (dispatchId: string) => number | undefined;
}

/** What a plan decided: nothing is true before its changes are committed and applied. */
export interface RunPlan {
  readonly draft: Draft;
  readonly refusals: readonly Refusal[];
}

/**
 * Plans all events of one tick for one run. Pure, total and deterministic: the same run, events and facts give the same changes.
 *
 * All rules live below this function; the engine adds dispatch ids (admission) and commits.
 */
export function planRun(run: Run, events: readonly RunEvent[], facts: Facts): RunPlan {
  const draft = new Draft(run, facts.now);
  const refusals: Refusal[] = [];
  carryOutObligations(draft, facts.past);
  let wasDue = false;
  for (const event of events) {
    wasDue ||= event.kind === "due";
    const refusal = planEvent(draft, event, facts);
    if (refusal) refusals.push(refusal);
  }
  if (!draft.isHeld) decideOutcome(draft);
  planNextLook(draft, wasDue);
  return { draft, refusals };
}

function planEvent(draft: Draft, event: RunEvent, facts: Facts): Refusal | undefined {
  switch (event.kind) {
    case "report":
      return takeReport(draft, event, event.report, facts);
    case "start":
      start(draft, facts.past);
      return undefined;
    case "due":
      planDue(draft, facts.past);
      return undefined;
    case "goOn":
      return undefined;
    case "past":
    case "evaluate":
      if (draft.head.state === "running") evaluateAll(draft, facts.past);
      return undefined;
    case "clear":
      return planClear(draft, event);
    case "markTasks":
      return planMarkTasks(draft, event);
    case "markRun":
      return planMarkRun(draft, event);
    default:
      throw new Error(`unreachable: ${event satisfies never}`);
  }
}

function takeReport(draft: Draft, event: RunEvent, report: Report, facts: Facts): Refusal | undefined {
  const slot = facts.slotOf(report.dispatchId);
  if (slot !== undefined && planReport(draft, slot, report, facts.past)) return undefined;
  return {
    event,
    code: "DISPATCH_DEAD",
    message: `dispatch ${report.dispatchId} is not the one its task instance is in`,
  };
}

/** R1: next step of everything promised. Members of a mapped group move in lock-step, so that index i exists everywhere at once. */
function carryOutObligations(draft: Draft, past?: PastStates): void {
  const expansions = draft.head.obligations.filter((o) => o.kind === "expand");
  const step = Math.max(1, Math.floor(STEP / Math.max(1, expansions.length)));
  const created: number[] = [];
  const isCreating = draft.head.obligations.some((o) => o.kind === "create");
  const sweep = draft.head.obligations.find(isSweep);
  for (const obligation of draft.head.obligations) {
    switch (obligation.kind) {
      case "expand": {
        const task = draft.run.compiled.indexOf.get(obligation.taskId);
        if (task === undefined) break;
        created.push(...createInstances(draft, task, Math.min(obligation.total, obligation.next + step)));
        break;
      }
      case "create":
        createTasks(draft, obligation);
        break;
      case "clear":
      case "mark":
        // A command waits until the one before it is carried out, or the two would undo each other's steps.
        if (obligation === sweep) carryOutSweep(draft, obligation);
        break;
      default:
        throw new Error(`unreachable: ${obligation satisfies never}`);
    }
  }
  if (draft.head.state !== "running") return;
  if (isCreating) evaluateAll(draft, past);
  for (const slot of created) {
    if (skipAfterFailFast(draft, slot)) evaluateDownstream(draft, slot, past);
    else evaluate(draft, slot, past);
  }
}
