import {
  apply,
  isMillraceError,
  planRun,
  type CommitResult,
  type Report,
  type Run,
  type RunEvent,
} from "@millrace/core";
import { Batch, type BatchRun } from "./batch.ts";
import { actOn, settleEnded } from "./effects.ts";
import type { CommitOutcome, EventsByRun, Flight } from "./flight.ts";
import { runFromRows } from "./owned-dags.ts";
import type { TickState } from "./tick-state.ts";

/** Waits between attempts while the database does not answer, in milliseconds. */
const RETRY_MS = [50, 100, 250, 500, 1_000, 2_000] as const;

/** Sends a batch off to the database. {@link land} makes it true. */
export function takeOff(state: TickState, batch: Batch, events: EventsByRun): void {
  const flight: Flight = { batch, events, outcome: send(state, batch), isOver: false };
  const note = (): void => void (flight.isOver = true);
  flight.outcome.then(note, note);
  state.flight = flight;
}

/**
 * Waits for the batch that is being committed, if there is one, and makes it true: in memory, then in the world. What was not committed is read
 * again and offered again.
 */
export async function land(state: TickState): Promise<void> {
  const { flight } = state;
  if (!flight) return;
  try {
    await settle(state, flight, await flight.outcome);
  } catch (error) {
    for (const [runId, events] of flight.events) state.mail.offerAgain(runId, events);
    throw error;
  } finally {
    state.flight = undefined;
  }
}

/** True while a batch with changes of this run is being committed: what else happens to the run is planned after it. */
export function isInFlight({ flight }: TickState, runId: number): boolean {
  return flight?.batch.runs.has(runId) === true;
}

/** Sends a batch until the database answers. The outcome of a lost connection is unknown: the next attempt then finds its own versions taken (R2). */
async function send(state: TickState, batch: Batch): Promise<CommitOutcome> {
  state.fault?.("beforeCommit");
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { kind: "answered", result: await state.store.commit(batch.toCommit(state.schedulerId)) };
    } catch (error) {
      if (isMillraceError(error) && error.code === "DATA_REJECTED") return { kind: "refused", message: error.message };
      if (!isMillraceError(error) || error.code !== "STORE_UNAVAILABLE") throw error;
      state.log.warn({ attempt, runs: batch.runs.size, error: error.message }, "commit waits for the database");
      await state.pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]);
      if (state.isStopping()) throw error;
    }
  }
}

interface Sent {
  readonly batch: Batch;
  readonly events: EventsByRun;
}

async function settle(state: TickState, sent: Sent, outcome: CommitOutcome): Promise<void> {
  state.uncommitted.delete(sent.batch);
  if (outcome.kind === "refused") {
    await splitBatch(state, sent, outcome.message);
    return;
  }
  state.fault?.("afterCommit");
  await applyAll(state, sent, outcome.result);
}

/** R11: a batch that fails because of its data is split until the guilty run is alone. */
async function splitBatch(state: TickState, { batch, events }: Sent, message: string): Promise<void> {
  const runs = [...batch.runs.values()];
  if (runs.length <= 1) {
    await failGuilty(state, { batch, events }, message);
    return;
  }
  const middle = runs.length >> 1;
  const halves = [runs.slice(0, middle), runs.slice(middle)].map((half, i) => batch.part(half, i === 0));
  for (const half of halves) state.uncommitted.add(half);
  for (const half of halves) await settle(state, { batch: half, events }, await send(state, half));
}

/** The values of one run are refused: its results become failures that carry the database's words; a command is answered with them. */
async function failGuilty(state: TickState, { batch, events }: Sent, message: string): Promise<void> {
  const guilty: BatchRun | undefined = batch.runs.values().next().value;
  if (!guilty) throw new Error(`a batch without runs was refused: ${message}`);
  const { run } = guilty;
  state.log.warn({ runId: run.head.runId, dagId: run.head.dagId, error: message }, "values refused by the database");
  recount(state);
  const own = events.get(run.head.runId) ?? [];
  const rewritten = own.map((event): RunEvent =>
    event.kind === "report" ? { kind: "report", report: asRefused(event.report, message) } : event,
  );
  const again = new Batch(batch.now);
  for (const answer of batch.answers)
    again.answers.push({ inboxId: answer.inboxId, answer: { ok: false, code: "DATA_REJECTED", message } });
  if (!guilty.newRun && own.some((event) => event.kind === "report" && isRich(event.report))) {
    const slotOf = (id: string): number | undefined => state.owned.dispatches.get(id)?.slot;
    const { draft } = planRun(run, rewritten, { now: batch.now, slotOf });
    again.add({ run, draft });
    state.owned.occupancy.moveAll(draft);
    state.uncommitted.add(again);
    const poor = { batch: again, events: new Map([[run.head.runId, rewritten]]) };
    await settle(state, poor, await send(state, again));
    return;
  }
  if (again.answers.length === 0 && !guilty.newRun)
    throw new Error(`a change without user values was refused: ${message}`);
  await state.store.commit(again.toCommit(state.schedulerId));
}

function isRich(report: Report): boolean {
  return (
    report.kind === "ended" && !(report.outcome.kind === "failed" && report.outcome.cause.code === "DATA_REJECTED")
  );
}

function asRefused(report: Report, message: string): Report {
  if (report.kind !== "ended") return report;
  const { log: _log, rendered: _rendered, mapName: _mapName, ...rest } = report;
  return {
    ...rest,
    outcome: {
      kind: "failed",
      cause: { code: "DATA_REJECTED", message: `the database refused what the task left behind: ${message}` },
      retry: "never",
    },
  };
}

async function applyAll(state: TickState, { batch, events }: Sent, result: CommitResult): Promise<void> {
  const done: BatchRun[] = [];
  const behind: BatchRun[] = [];
  for (const part of batch.runs.values()) {
    const hasChanges = part.newRun !== undefined || !part.draft.isEmpty;
    if (!hasChanges) continue;
    (result.committed.has(part.run.head.runId) ? done : behind).push(part);
  }
  for (const [dagId, last] of batch.lastScheduled) {
    const dag = state.owned.dags.get(dagId);
    if (dag && last) dag.row = { ...dag.row, lastScheduled: last };
  }
  const ended = done.filter((part) => !part.move);
  for (const part of ended) applyOne(state, part);
  actOn(state, ended);
  for (const part of done) if (part.move) await reload(state, part.run.head.runId, []);
  if (behind.length === 0) return;
  recount(state);
  for (const part of behind) {
    if (part.newRun && !(await state.store.loadRun(part.run.head.runId))) conflict(state, batch, part);
    else await reload(state, part.run.head.runId, events.get(part.run.head.runId) ?? []);
  }
}

function applyOne(state: TickState, part: BatchRun): void {
  const { run, draft } = part;
  const wasRunning = run.head.state === "running";
  for (const slot of draft.instances.keys()) {
    const dispatchId = run.dispatchId.get(slot);
    if (dispatchId !== undefined) state.owned.dispatches.delete(dispatchId);
  }
  apply(run, draft);
  if (part.newRun) state.owned.addRun(run);
  else {
    const dag = state.owned.dags.get(run.head.dagId);
    if (dag) dag.running += Number(run.head.state === "running") - Number(wasRunning);
    if (draft.patch.dueAt !== undefined) state.owned.wakeAt(run);
  }
  for (const [slot, values] of draft.instances)
    if (values.dispatchId !== undefined) state.owned.dispatches.set(values.dispatchId, { runId: run.head.runId, slot });
}

/** R2: the run was changed by somebody else, or our own commit had an unknown outcome. Its rows are the truth; the events are offered again. */
async function reload(state: TickState, runId: number, events: readonly RunEvent[]): Promise<void> {
  const rows = await state.store.loadRun(runId);
  const before = state.owned.runs.get(runId);
  state.owned.dropRun(runId);
  if (!rows) return;
  const dag = state.owned.dags.get(rows.run.dagId);
  if (!dag) return;
  const version = await state.owned.version(dag, rows.run.dagVersion, state.store);
  const run = runFromRows(rows.run, rows.instances, version.compiled);
  const live = new Set(run.dispatchId.values());
  const dead = [...(before?.dispatchId.values() ?? [])].filter((id) => !live.has(id) && state.executor.holds(id));
  if (dead.length > 0) state.executor.stop(dead, "its task instance has gone on without it");
  if (isFinal(run) && !(before && isFinal(before))) {
    state.owned.occupancy.rebuild(state.owned.runs.values());
    settleEnded(state, dag, run);
    return;
  }
  state.owned.addRun(run);
  state.owned.index(run);
  recount(state);
  state.mail.offerAgain(runId, events);
  state.mail.post(runId, { kind: "evaluate" });
  state.startUnsent(run);
}

function isFinal({ head }: Run): boolean {
  return head.state === "success" || head.state === "failed";
}

/** The run's key or logical date was taken elsewhere. The command stays in the inbox and is planned again, or refused when it named them. */
function conflict(state: TickState, batch: Batch, part: BatchRun): void {
  const { runId, dagId, runKey } = part.run.head;
  state.log.info({ runId, dagId, runKey }, "run id or logical date was taken");
  const answered = batch.answers.find((answer) => answer.runId === runId);
  if (answered) state.mail.conflicts.set(answered.inboxId, { runKey, logicalDate: part.run.head.logicalDate });
  state.mail.inboxMayHaveRows ||= answered !== undefined;
  state.mail.dagsMayHaveChanged ||= part.newRun?.runType === "scheduled";
}

/** R6: what is true in memory, and what planned batches will make true. */
function recount({ owned, uncommitted }: TickState): void {
  owned.occupancy.rebuild(owned.runs.values());
  for (const { runs } of uncommitted) for (const { draft } of runs.values()) owned.occupancy.moveAll(draft);
}
