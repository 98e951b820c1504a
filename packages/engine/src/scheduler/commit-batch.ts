import {
  apply,
  isMillraceError,
  planRun,
  type CommitResult,
  type DagRow,
  type DueRun,
  type Micros,
  type Run,
  type RunEvent,
} from "@millrace/core";
import { Batch, type BatchRun } from "./batch.ts";
import { acknowledgeRunning, actOn, askLookers, settleEnded } from "./effects.ts";
import type { CommitOutcome, EventsByRun, Flight } from "./flight.ts";
import { runFromRows, versionOf } from "./owned-dags.ts";
import { restUnchanged } from "./resting.ts";
import { refusedEvent } from "./refused-event.ts";
import type { TickState } from "./tick-state.ts";

/** Waits between attempts while the database does not answer, in milliseconds. */
const RETRY_MS = [50, 100, 250, 500, 1_000, 2_000] as const;

/** Sends a batch off to the database. {@link land} makes it true. */
function takeOff(state: TickState, batch: Batch, events: EventsByRun): void {
  const flight: Flight = { batch, events, outcome: send(state, batch), isOver: false };
  const note = (): void => void (flight.isOver = true);
  flight.outcome.then(note, note);
  state.flight = flight;
}

/**
 * Sends a batch off as soon as the one before is committed: what that one decided becomes true while the database works on this one. Their runs
 * are different ones, so neither can change what the other planned.
 */
export async function takeOffNext(state: TickState, batch: Batch, events: EventsByRun): Promise<void> {
  const before = state.flight;
  const outcome = await before?.outcome.catch(() => undefined);
  if (!before || !outcome || !isWhole(before.batch, outcome)) {
    await land(state);
    takeOff(state, batch, events);
    return;
  }
  takeOff(state, batch, events);
  await settle(state, before, outcome);
}

/** True when all of a batch was committed: making it true takes no further look at the database. */
function isWhole({ runs }: Batch, outcome: CommitOutcome): boolean {
  if (outcome.kind === "refused") return false;
  for (const { run, draft, newRun, move } of runs.values())
    if (move || ((newRun || !draft.isEmpty) && !outcome.result.committed.has(run.head.runId))) return false;
  return true;
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

/** Sends a batch until the database answers. The outcome of a lost connection is unknown: the next attempt then finds its own versions taken (R2). */
async function send(state: TickState, batch: Batch): Promise<CommitOutcome> {
  state.fault?.("beforeCommit");
  for (let attempt = 0; ; attempt += 1) {
    try {
      const sentAtMs = state.clock.monotonicMs();
      const result = await state.store.commit(batch.toCommit(state.schedulerId));
      state.meter.committed({ ms: state.clock.monotonicMs() - sentAtMs, rows: batch.planned });
      return { kind: "answered", result };
    } catch (error) {
      state.meter.commitFailed();
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

/** R11: a batch that fails because of its data is split until the guilty run is alone. What belongs to no run is in nobody's way. */
async function splitBatch(state: TickState, { batch, events }: Sent, message: string): Promise<void> {
  const runs = [...batch.runs.values()];
  const rest = batch.part([], true);
  if (runs.length <= 1 && rest.isEmpty) {
    await failGuilty(state, { batch, events }, message);
    return;
  }
  const middle = Math.ceil(runs.length / 2);
  const halves = [runs.slice(0, middle), runs.slice(middle)].filter((half) => half.length > 0);
  const parts = halves.map((half) => batch.part(half, false));
  if (!rest.isEmpty) parts.unshift(rest);
  for (const part of parts) state.uncommitted.add(part);
  for (const part of parts) await settle(state, { batch: part, events }, await send(state, part));
}

/**
 * The values of one run are refused. A command is answered with the database's words. Reports are offered one by one, until the guilty one is alone: it
 * becomes a failure that carries these words, and its neighbours in the run count as they are.
 */
async function failGuilty(state: TickState, { batch, events }: Sent, message: string): Promise<void> {
  const guilty: BatchRun | undefined = batch.runs.values().next().value;
  if (!guilty) throw new Error(`a batch without runs was refused: ${message}`);
  const { run } = guilty;
  const { runId, dagId } = run.head;
  const own = events.get(runId) ?? [];
  // Answers beside events are those of remote reports: what is guilty is the report.
  const isCommand = guilty.newRun !== undefined || (batch.answers.length > 0 && own.length === 0);
  if (isCommand) await refuseCommands(state, batch, message);
  else if (own.length > 1) await offerOneByOne(state, run, { events: own, now: batch.now });
  else {
    const refused = own.length === 1 ? refusedEvent(own[0], message) : undefined;
    if (!refused) throw new Error(`a change without user values was refused: ${message}`);
    await offerOneByOne(state, run, { events: [refused], now: batch.now });
  }
  if (!isCommand) await answerAlone(state, batch);
  if (isCommand || own.length === 1) state.log.warn({ runId, dagId, error: message }, "values refused by the database");
  recount(state);
  if (state.owned.runs.get(runId) !== run) return;
  // What the refused plan had let in waits for a slot again.
  state.owned.index(run);
  state.mail.post(runId, { kind: "evaluate" });
}

async function refuseCommands(state: TickState, batch: Batch, message: string): Promise<void> {
  const refusals = new Batch(batch.now);
  for (const { inboxId } of batch.answers)
    refusals.answers.push({ inboxId, answer: { ok: false, code: "DATA_REJECTED", message } });
  await state.store.commit(refusals.toCommit(state.schedulerId));
}

/** Reports of remote workers were dealt with one by one: their rows go now. A crash before this offers them again, which is harmless (R3). */
async function answerAlone(state: TickState, batch: Batch): Promise<void> {
  if (batch.answers.length === 0) return;
  const answers = new Batch(batch.now);
  for (const { inboxId, answer } of batch.answers) answers.answers.push({ inboxId, answer });
  await state.store.commit(answers.toCommit(state.schedulerId));
}

async function offerOneByOne(
  state: TickState,
  run: Run,
  { events, now }: { readonly events: readonly RunEvent[]; readonly now: Micros },
): Promise<void> {
  const { runId } = run.head;
  const slotOf = (dispatchId: string): number | undefined => state.owned.dispatches.get(dispatchId)?.slot;
  for (const [at, event] of events.entries()) {
    // It has ended, or was read anew.
    if (state.owned.runs.get(runId) !== run) return state.mail.offerAgain(runId, events.slice(at));
    const past = run.compiled.looksAtPast ? await state.past.prepare(run) : undefined;
    const { draft } = planRun(run, [event], { now, slotOf, ...(past && { past }) });
    if (draft.isEmpty) continue;
    const batch = new Batch(now);
    batch.add({ run, draft });
    state.uncommitted.add(batch);
    recount(state);
    await settle(state, { batch, events: new Map([[runId, [event]]]) }, await send(state, batch));
  }
}

async function applyAll(state: TickState, { batch, events }: Sent, result: CommitResult): Promise<void> {
  const done: BatchRun[] = [];
  const behind: BatchRun[] = [];
  for (const part of batch.runs.values()) {
    const hasChanges = part.newRun !== undefined || !part.draft.isEmpty;
    if (hasChanges) (result.committed.has(part.run.head.runId) ? done : behind).push(part);
  }
  for (const [dagId, last] of batch.lastScheduled) {
    const dag = state.owned.dags.get(dagId);
    if (dag && last) dag.row = { ...dag.row, lastScheduled: last };
  }
  for (const { dagId, nextRun } of batch.dagPatches.values()) {
    const dag = state.owned.dags.get(dagId);
    if (dag && nextRun !== undefined) dag.row = withNextRun(dag.row, nextRun);
  }
  const ended = done.filter((part) => !part.move);
  for (const part of ended) applyOne(state, part, batch.now);
  actOn(state, ended);
  restUnchanged(state, batch);
  for (const part of done) if (part.move) await reload(state, part.run.head.runId, []);
  if (behind.length === 0) return;
  recount(state);
  for (const part of behind) {
    if (part.newRun && !(await state.store.loadRun(part.run.head.runId))) conflict(state, batch, part);
    else await reload(state, part.run.head.runId, events.get(part.run.head.runId) ?? []);
  }
}

function withNextRun({ nextRun: _before, ...row }: DagRow, nextRun: DueRun | null): DagRow {
  return nextRun ? { ...row, nextRun } : row;
}

function applyOne(state: TickState, part: BatchRun, now: Micros): void {
  const { run, draft } = part;
  const { state: before, backfillId } = run.head;
  for (const slot of draft.instances.keys()) {
    const dispatchId = run.dispatchId.get(slot);
    if (dispatchId !== undefined) state.owned.dispatches.delete(dispatchId);
  }
  apply(run, draft);
  if (part.newRun) state.owned.addRun(run, now);
  else {
    const dag = state.owned.dags.get(run.head.dagId);
    if (dag && run.head.backfillId === undefined)
      dag.running += Number(run.head.state === "running") - Number(before === "running");
    // A backfill has taken an ended run over; it was in memory as anybody's.
    if (dag && backfillId === undefined && run.head.backfillId !== undefined) dag.backfillRuns += 1;
    if (run.head.state === "queued" && before !== "queued") state.owned.enqueue(run, now);
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
  // What has changed in the rows has not been seen here: results may have been cleared.
  state.results.forgetRun(runId);
  if (!rows) return;
  const dag = state.owned.dags.get(rows.run.dagId);
  if (!dag) return;
  const version = await state.owned.versions.get(versionOf(rows.run), state.store);
  const run = runFromRows(rows.run, rows.instances, version.compiled);
  const live = new Set(run.dispatchId.values());
  const dead = [...(before?.dispatchId.values() ?? [])].filter((id) => !live.has(id) && state.executor.holds(id));
  if (dead.length > 0) state.executor.stop(dead, "its task instance has gone on without it");
  if (isFinal(run)) {
    recount(state);
    // One that had ended before was read for a command, which reads it again. Meanwhile it counted as unfinished.
    if (before && isFinal(before)) state.schedule.touch(rows.run.dagId);
    else settleEnded(state, dag, run);
    return;
  }
  state.owned.addRun(run, state.clock.now());
  state.owned.index(run);
  recount(state);
  state.mail.offerAgain(runId, events);
  state.mail.post(runId, { kind: "evaluate" });
  askLookers(state, dag, run);
  state.startUnsent(run);
  acknowledgeRunning(state, run);
}

function isFinal({ head }: Run): boolean {
  return head.state === "success" || head.state === "failed";
}

/**
 * The run's key or logical date was taken elsewhere. The command stays in the inbox and is planned again, or refused when it named them. Who took it
 * may have been another scheduler that did not know yet that the DAG has a new owner: its runs are looked for.
 */
function conflict(state: TickState, batch: Batch, part: BatchRun): void {
  const { runId, dagId, runKey } = part.run.head;
  state.log.info({ runId, dagId, runKey }, "run id or logical date was taken");
  const answered = batch.answers.find((answer) => answer.runId === runId);
  if (answered) state.mail.conflicts.set(answered.inboxId, { runKey, logicalDate: part.run.head.logicalDate });
  state.mail.inboxMayHaveRows ||= answered !== undefined;
  state.mail.dagsMayHaveChanged = true;
  state.mail.unknownRuns.add(dagId);
  state.mail.backfillsDue.add(dagId);
}

/** R6: what is true in memory, and what planned batches will make true. */
function recount({ owned, uncommitted }: TickState): void {
  owned.occupancy.rebuild(owned.runs.values());
  for (const { runs } of uncommitted) for (const { draft } of runs.values()) owned.occupancy.moveAll(draft);
}
