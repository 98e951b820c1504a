import type { Micros } from "../model/instant.ts";
import type { TaskState } from "../model/states.ts";
import type { Outcome, Report } from "../ports/executor.ts";
import type { Cause, EndChange } from "./changes.ts";
import type { Draft } from "./draft.ts";
import { evaluateAll, evaluateDownstream, type PastStates } from "./evaluate.ts";
import { failFast } from "./fail-fast.ts";
import { retryDelay } from "./retry-delay.ts";

/** Free restarts of a try that was lost with its process. */
const MAX_RESTARTS = 3;

type Ended = Extract<Report, { kind: "ended" }>;
type Lost = Extract<Report, { kind: "lost" }>;

interface Ending {
  readonly state: TaskState;
  readonly dueAt?: Micros;
  readonly cause?: Cause;
  /** The next try is free. */
  readonly extraTry?: boolean;
  /** Counts against the free restarts of a suspect. */
  readonly isSuspect?: boolean;
}

/** R3: takes a report only from the dispatch that the task instance is in. @returns false when that dispatch is dead. */
export function planReport(draft: Draft, slot: number, report: Report, past?: PastStates): boolean {
  if (slot < 0 || draft.dispatchOf(slot) !== report.dispatchId) return false;
  switch (report.kind) {
    case "started":
      return started(draft, slot, report);
    case "ended":
      end(draft, slot, { report, ending: endingOf(draft, slot, report) }, past);
      return true;
    case "lost":
      end(draft, slot, { report, ending: endingOfLoss(draft, slot, report) }, past);
      return true;
    default:
      throw new Error(`unreachable: ${report satisfies never}`);
  }
}

function started(draft: Draft, slot: number, report: Extract<Report, { kind: "started" }>): boolean {
  const { workerId, waits } = report;
  const before = draft.state(slot);
  const startedAt = tryStart(draft, slot, report.startedAt);
  if (before !== "queued" && before !== "running") return false;
  if (before === "running" && !waits) return true;
  const state = waits ? "deferred" : "running";
  draft.update(slot, { state, startedAt, firstStartedAt: draft.read(slot).firstStartedAt ?? startedAt }, (key) => ({
    kind: "start",
    ...key,
    startedAt,
    workerId,
    ...(waits && { waits }),
  }));
  return true;
}

/** Of a try that goes on after a wait its first start: it is one try for people, and its execution timeout counts from there. */
function tryStart(draft: Draft, slot: number, startedAt: Micros): Micros {
  return draft.read(slot).startedAt ?? startedAt;
}

function endingOf(draft: Draft, slot: number, report: Ended): Ending {
  const { outcome } = report;
  if (draft.state(slot) === "restarting") {
    return {
      state: "up_for_retry",
      dueAt: draft.now,
      cause: { code: "CLEARED_WHILE_RUNNING", message: "cleared while it ran; starts again" },
      extraTry: true,
    };
  }
  switch (outcome.kind) {
    case "success":
      return { state: "success" };
    case "skipped":
      return { state: "skipped", cause: outcome.cause };
    case "reschedule":
      return { state: "up_for_reschedule", dueAt: draft.now + outcome.afterMicros };
    case "defer":
      return { state: "deferred", dueAt: deferredUntil(draft, slot, { report, afterMicros: outcome.afterMicros }) };
    case "failed":
      return afterFailure(draft, slot, outcome);
    default:
      throw new Error(`unreachable: ${outcome satisfies never}`);
  }
}

/** No longer than the try may take: it is looked at then, and ends by its execution timeout. A sensor has its own, which it knows. */
function deferredUntil(
  draft: Draft,
  slot: number,
  { report, afterMicros }: { readonly report: Ended; readonly afterMicros: number },
): Micros {
  const { kind, executionTimeoutMicros } = draft.run.compiled.tasks[draft.taskOf(slot)];
  const dueAt = draft.now + afterMicros;
  if (kind === "sensor" || executionTimeoutMicros === undefined) return dueAt;
  return Math.min(dueAt, tryStart(draft, slot, report.startedAt) + executionTimeoutMicros);
}

function afterFailure(draft: Draft, slot: number, outcome: Extract<Outcome, { kind: "failed" }>): Ending {
  const { cause, retry } = outcome;
  const { tryNumber, maxTries, task, mapIndex } = draft.read(slot);
  const node = draft.run.compiled.tasks[task];
  if (retry === "never" || maxTries === 0 || tryNumber > maxTries) return { state: "failed", cause };
  const { dagId, logicalDate } = draft.run.head;
  const delay =
    typeof retry === "number"
      ? retry
      : retryDelay(node, tryNumber, `${dagId}#${node.taskId}#${mapIndex}#${logicalDate}#${tryNumber}`);
  return { state: "up_for_retry", dueAt: draft.now + delay, cause };
}

/** A lost dispatch costs no try while its guilt is not proven; alone in its process it pays like a failure (R9 for single attempts). */
function endingOfLoss(draft: Draft, slot: number, report: Lost): Ending {
  const { restarts, task } = draft.read(slot);
  const node = draft.run.compiled.tasks[task];
  if (node.singleAttempt && (draft.state(slot) !== "queued" || report.mayHaveRun)) {
    return {
      state: "failed",
      cause: {
        code: "MAY_HAVE_RUN",
        message: `may have run: ${report.cause.message}; a single attempt is never started twice`,
      },
    };
  }
  if (draft.state(slot) !== "restarting" && !report.blameless && (report.guilty || restarts >= MAX_RESTARTS)) {
    return afterFailure(draft, slot, { kind: "failed", cause: report.cause, retry: "policy" });
  }
  return {
    state: "up_for_retry",
    dueAt: draft.now,
    cause: report.cause,
    extraTry: true,
    isSuspect: report.blameless !== true && draft.state(slot) !== "restarting",
  };
}

function end(
  draft: Draft,
  slot: number,
  { report, ending }: { readonly report: Ended | Lost; readonly ending: Ending },
  past?: PastStates,
): void {
  const before = draft.read(slot);
  const outcome = report.kind === "ended" && ending.state !== "up_for_retry" ? report.outcome : undefined;
  const success = outcome?.kind === "success" ? outcome : undefined;
  const waits = outcome?.kind === "reschedule" || outcome?.kind === "defer" ? outcome : undefined;
  const startedAt = report.kind === "ended" ? tryStart(draft, slot, report.startedAt) : before.startedAt;
  const values = {
    state: ending.state,
    dispatchId: undefined,
    dueAt: ending.dueAt,
    startedAt,
    firstStartedAt: before.firstStartedAt ?? startedAt,
    maxTries: before.maxTries + (ending.extraTry ? 1 : 0),
    restarts: before.restarts + (ending.isSuspect ? 1 : 0),
    resultLength: success?.resultLength,
    choice: success?.choice,
    // Present exactly while a try goes on after a reschedule or deferral: its next dispatch is no new try.
    resume: waits ? (waits.resume ?? before.resume ?? "") : undefined,
  };
  draft.update(slot, values, (key, after) => ({
    ...endChange(report, ending, success),
    ...(report.kind === "ended" && { startedAt }),
    resume: values.resume,
    ...(report.kind === "lost" && { endedAt: draft.now }),
    ...key,
    tryNumber: after.tryNumber,
    maxTries: after.maxTries,
    restarts: after.restarts,
  }));
  if (success) record(draft, slot, success);
  callBack(draft, slot, ending);
  if (ending.state === "success" || ending.state === "skipped" || ending.state === "failed") {
    if (ending.state === "failed" && failFast(draft, slot)) evaluateAll(draft, past);
    else evaluateDownstream(draft, slot, past);
  }
}

function endChange(
  report: Ended | Lost,
  ending: Ending,
  success?: Extract<Outcome, { kind: "success" }>,
): Omit<EndChange, "slot" | "taskId" | "mapIndex" | "tryNumber" | "maxTries" | "restarts"> {
  const shared = {
    kind: "end",
    state: ending.state,
    dueAt: ending.dueAt,
    cause: ending.cause,
    log: report.log,
  } as const;
  if (report.kind === "lost") return { ...shared, endedAt: 0 };
  return {
    ...shared,
    endedAt: report.endedAt,
    workerId: report.workerId,
    mapName: report.mapName,
    rendered: report.rendered,
    ...(success && {
      result: success.result,
      resultLength: success.resultLength,
      choice: success.choice && JSON.stringify(success.choice),
    }),
  };
}

/** What a success leaves behind beside its result. */
function record(draft: Draft, slot: number, success: Extract<Outcome, { kind: "success" }>): void {
  const { task, mapIndex } = draft.read(slot);
  const node = draft.run.compiled.tasks[task];
  for (const push of success.xcoms ?? []) draft.xcoms.push({ ...push, taskId: node.taskId, mapIndex });
  for (const uri of node.outlets) {
    const attached = success.assets?.find((asset) => asset.uri === uri);
    draft.assets.push({ uri, taskId: node.taskId, mapIndex, extra: attached?.extra ?? null });
  }
}

function callBack(draft: Draft, slot: number, ending: Ending): void {
  const event = ({ success: "success", failed: "failure", up_for_retry: "retry", skipped: "skip" } as const)[
    ending.state as "success"
  ];
  const { task, mapIndex, tryNumber } = draft.read(slot);
  const node = draft.run.compiled.tasks[task];
  if (event === undefined || !node.callbacks.includes(event) || (ending.extraTry ?? false)) return;
  draft.callbacks.push({
    scope: "task",
    event,
    taskId: node.taskId,
    mapIndex,
    tryNumber,
    reason: ending.cause?.message ?? ending.state,
  });
}
