// R4. Effects happen only after the commit that decided them; an effect lost in a crash is found again from the rows.
import { TASK_STATES, type Draft, type InstanceChange, type Run, type TaskState } from "@millrace/core";
import type { BatchRun } from "./batch.ts";
import { buildDispatch, type Handover } from "./build-dispatches.ts";
import { InputReader } from "./dispatch-inputs.ts";
import type { OwnedDag } from "./owned-dags.ts";
import { restIfFar } from "./resting.ts";
import { endedDispatches, type CommittedRun, type TickState } from "./tick-state.ts";
import { untilAnswered } from "./until-answered.ts";

/** Starts, stops, remembers and tells what a committed batch decided. */
export function actOn(state: TickState, parts: readonly BatchRun[]): void {
  const handovers: Handover[] = [];
  const acknowledged: string[] = [];
  const stops: { dispatchId: string; reason: string }[] = [];
  for (const { run, draft, newRun } of parts) {
    for (const change of draft.changes.values()) actOnChange(state, run, change, { handovers, acknowledged });
    stops.push(...draft.stops);
    settleRun(state, run, draft, newRun !== undefined);
  }
  for (const { dispatchId, reason } of stops) state.executor.stop([dispatchId], reason);
  if (acknowledged.length > 0) state.executor.acknowledgeStarted(acknowledged);
  handOver(state, handovers);
  state.onCommit?.(parts.map(toCommitted));
}

/** Hands instances over; at once when their inputs are in memory, else after one read. A dispatch is handed over once, however often it is asked for. */
export function handOver(state: TickState, wanted: readonly Handover[]): void {
  const handovers = wanted.filter((handover) => !state.sending.has(dispatchOf(handover)));
  if (handovers.length === 0) return;
  state.fault?.("beforeDispatch");
  const reader = new InputReader(state.results, state.store);
  for (const { run, slot } of handovers) reader.want(run, slot);
  const send = (): void => {
    if (state.isStopping()) return;
    const ended = endedDispatches(state);
    const live = handovers.filter((handover) => isUnsent(state, dispatchOf(handover), ended));
    state.executor.start(live.map((handover) => buildDispatch(handover, reader)));
    state.fault?.("afterDispatch");
  };
  if (!reader.mustRead) {
    send();
    return;
  }
  const ids = handovers.map(dispatchOf);
  for (const id of ids) state.sending.add(id);
  const read = untilAnswered(state, "inputs of dispatches", () => reader.read());
  const sent = read.then(send).finally(() => {
    for (const id of ids) state.sending.delete(id);
  });
  state.background(sent, "inputs of dispatches");
}

/** R4, R9: the word that a single attempt may start is lost with the answer to its commit; for a run read anew it is said again. */
export function acknowledgeRunning({ executor }: TickState, run: Run): void {
  const waiting = [...run.dispatchId].filter(
    ([slot, id]) =>
      run.stateOf(slot) === "running" && run.compiled.tasks[run.task[slot]].singleAttempt && executor.holds(id),
  );
  if (waiting.length > 0) executor.acknowledgeStarted(waiting.map(([, id]) => id));
}

function dispatchOf({ run, slot }: Handover): string {
  return run.dispatchId.get(slot) ?? "";
}

/** By what is in memory now: the run may have been read anew while inputs were read. */
function isUnsent({ owned, executor }: TickState, dispatchId: string, ended: ReadonlySet<string>): boolean {
  if (ended.has(dispatchId)) return false;
  const at = owned.dispatches.get(dispatchId);
  return at !== undefined && owned.runs.get(at.runId)?.stateOf(at.slot) === "queued" && !executor.holds(dispatchId);
}

/** True unless a later interval of the schedule is complete already. */
export function isLatestRun(dag: OwnedDag, run: Run): boolean {
  const { lastScheduled } = dag.row;
  return (
    run.head.runType !== "scheduled" || lastScheduled === undefined || lastScheduled.logicalDate <= run.head.logicalDate
  );
}

function actOnChange(
  state: TickState,
  run: Run,
  change: InstanceChange,
  out: { readonly handovers: Handover[]; readonly acknowledged: string[] },
): void {
  switch (change.kind) {
    case "insert":
    case "queue":
      if (change.dispatchId !== undefined) pushHandover(state, run, change.slot, out.handovers);
      return;
    case "start": {
      const dispatchId = run.dispatchId.get(change.slot);
      if (dispatchId !== undefined && run.compiled.tasks[run.task[change.slot]].singleAttempt)
        out.acknowledged.push(dispatchId);
      return;
    }
    case "end":
      state.meter.taskEnded(change);
      state.tracer?.tryEnded(run.head, change);
      remember(state, run, change);
      return;
    case "set":
      state.meter.taskSet(change);
      if (change.clear) state.results.forget(run.head.runId, change.taskId, change.mapIndex);
      return;
    case "delete":
      return;
    default:
      throw new Error(`unreachable: ${change satisfies never}`);
  }
}

function pushHandover(state: TickState, run: Run, slot: number, handovers: Handover[]): void {
  const dag = state.owned.dags.get(run.head.dagId);
  const version = state.owned.versions.find(run.head.dagId, run.head.dagVersion);
  if (dag && version) handovers.push({ run, slot, version, isLatest: isLatestRun(dag, run) });
}

function remember(state: TickState, run: Run, change: Extract<InstanceChange, { kind: "end" }>): void {
  const { head, compiled } = run;
  const task = compiled.indexOf.get(change.taskId);
  const version = state.owned.versions.find(head.dagId, head.dagVersion);
  if (change.result && task !== undefined && version?.isRead[task])
    state.results.put(head.runId, change.taskId, change.mapIndex, change.result);
}

/** What follows from a run's new state: memory, the next run, the DAG. */
function settleRun(state: TickState, run: Run, draft: Draft, isNew: boolean): void {
  const { head } = run;
  const dag = state.owned.dags.get(head.dagId);
  if (isNew) state.meter.runCreated(head);
  if (!dag) return;
  if (draft.recount) state.mail.post(head.runId, { kind: "evaluate" });
  else if (head.obligations.length > 0) state.mail.post(head.runId, { kind: "goOn" });
  if (draft.callbacks.length > 0) state.mail.outboxMayHaveRows = true;
  if (draft.assets.length > 0) state.mail.assetsMayHaveEvents = true;
  askLookers(state, dag, run);
  if (head.state === "queued") state.mail.startable.add(head.dagId);
  if (head.backfillId !== undefined) dag.backfill?.clearing.delete(head.runKey);
  restIfFar(state, run);
  if (head.state !== "success" && head.state !== "failed") return;
  state.past.keep(run);
  if (!isNew && draft.patch.endedAt === undefined) {
    // It has ended before, and a clear has left that as it is: in memory it would count as unfinished, and has done so for this tick's schedules.
    state.owned.dropRun(head.runId);
    state.schedule.touch(head.dagId);
    return;
  }
  state.owned.dropRun(head.runId);
  state.results.forgetRun(head.runId);
  state.meter.runEnded(head);
  state.tracer?.runEnded(head);
  wakeAfterRun(state, dag, head.state);
  if (head.backfillId !== undefined) state.mail.backfillsDue.add(head.dagId);
}

/** A run has changed or is gone: runs whose tasks wait for the one before them look again, whatever version that one has. */
export function askLookers({ mail }: TickState, dag: OwnedDag, changed?: Run): void {
  for (const other of dag.lookers.keys())
    if (other !== changed && other.head.state === "running") mail.post(other.head.runId, { kind: "past" });
}

/** A run that is found to have ended, without the commit that ended it having been seen here. */
export function settleEnded(state: TickState, dag: OwnedDag, run: Run): void {
  const { runId, dagId, runKey, state: ending } = run.head;
  if (ending !== "success" && ending !== "failed") return;
  state.past.keep(run);
  state.results.forgetRun(runId);
  askLookers(state, dag);
  wakeAfterRun(state, dag, ending);
  state.mail.backfillsDue.add(dagId);
  state.onCommit?.([{ runId, dagId, runKey, state: ending, instances: [] }]);
}

function wakeAfterRun(state: TickState, dag: OwnedDag, ending: "success" | "failed"): void {
  const { row } = dag;
  dag.failedRunsInRow = ending === "failed" ? dag.failedRunsInRow + 1 : 0;
  const { maxConsecutiveFailedRuns } = row.settings;
  if (maxConsecutiveFailedRuns > 0 && dag.failedRunsInRow >= maxConsecutiveFailedRuns && !row.paused)
    state.mail.toPause.add(row.dagId);
  if (row.settings.schedule.kind !== "none") state.schedule.touch(row.dagId);
  state.mail.startable.add(row.dagId);
}

function stateAfter(change: Exclude<InstanceChange, { kind: "delete" }>): TaskState {
  if (change.kind === "queue") return "queued";
  if (change.kind === "start") return change.waits ? "deferred" : "running";
  return change.state;
}

function toCommitted({ run, draft }: BatchRun): CommittedRun {
  const { runId, dagId, runKey } = run.head;
  return {
    runId,
    dagId,
    runKey,
    state: run.head.state,
    instances: [...draft.changes.values()].flatMap((change) => {
      if (change.kind === "delete") return [];
      const state = stateAfter(change);
      const tryNumber = "tryNumber" in change ? change.tryNumber : run.tryNumber[change.slot];
      return [
        {
          taskId: change.taskId,
          mapIndex: change.mapIndex,
          state: TASK_STATES.includes(state) ? state : "none",
          tryNumber,
        },
      ];
    }),
  };
}
