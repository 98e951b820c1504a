// R1. A finished dispatch and all its consequences are one commit.            R5. Commands are planned by the owner, like everything else.
// R4. Effects happen only after the commit that decided them (see effects.ts). R11. Batches are bounded; a guilty run is isolated.
import {
  mayBegin,
  planRun,
  type DagRow,
  type Facts,
  type InboxMessage,
  type InboxRow,
  type Run,
  type RunEvent,
} from "@millrace/core";
import { admitReady } from "./admission.ts";
import { goOnWithBackfills, settleClearing } from "./backfills.ts";
import { assetRuleOf, isSatisfied, runOfEvents } from "./asset-rule.ts";
import { Batch, BATCH } from "./batch.ts";
import { land, takeOffNext } from "./commit-batch.ts";
import { addRun, createDueRuns, RUNS_PER_LOOK, type Creation } from "./create-runs.ts";
import { deleteRun } from "./delete-run.ts";
import type { OwnedDag } from "./owned-dags.ts";
import { afterFirstStep, planCommand } from "./plan-inbox.ts";
import { answerReports, splitInbox, type ReportRow } from "./report-rows.ts";
import { restUnchanged } from "./resting.ts";
import { planVersionMove } from "./version-move.ts";
import { isInFlight, type TickState } from "./tick-state.ts";
import { wakeResting } from "./wake-resting.ts";

/** Ids kept ready for the runs that one tick may create. */
const IDS_PER_TICK = 512;
const INBOX_PER_TICK = 400;
/** Graphs read for schedules in one tick at most. */
const GRAPHS_PER_TICK = 64;

/**
 * One pass: gathers what happened, plans each touched run, gives free slots away, commits all of it together, then acts.
 *
 * @returns true when there is more to do at once.
 */
export async function tick(state: TickState): Promise<boolean> {
  const { owned, mail, clock } = state;
  if (needsAllRuns(state)) await land(state);
  const startedAtMs = clock.monotonicMs();
  const batch = new Batch(clock.now());
  state.uncommitted.add(batch);
  const creation: Creation = { owned, batch, ids: state.runIds, past: state.past, conflicts: mail.conflicts };
  if (state.runIds.left < IDS_PER_TICK / 2) await state.runIds.ensure(IDS_PER_TICK);
  const inbox = state.flight ? [] : await readInbox(state);
  const { reports, commands } = splitInbox(inbox);
  const events = gatherEvents(state, { now: batch.now, remote: reports });
  try {
    await wakeResting(state, events);
    await decide(state, creation, { inbox: commands, events, reports });
    state.meter.tickPlanned(clock.monotonicMs() - startedAtMs);
    if (!batch.isEmpty) await takeOffNext(state, batch, events);
    else {
      await land(state);
      state.uncommitted.delete(batch);
      restUnchanged(state, batch);
    }
  } catch (error) {
    // Nothing of it was committed, or it will be refused (R3): offering it again loses nothing and counts nothing twice.
    for (const [runId, runEvents] of events) state.mail.offerAgain(runId, runEvents);
    throw error;
  }
  return hasMore(state);
}

interface Gathered {
  readonly inbox: readonly InboxRow[];
  readonly reports: readonly ReportRow[];
  readonly events: Map<number, RunEvent[]>;
}

async function decide(state: TickState, creation: Creation, { inbox, events, reports }: Gathered): Promise<void> {
  const { owned, mail } = state;
  const { batch } = creation;
  await planRuns(state, batch, events);
  answerReports(state, batch, reports);
  if (!state.flight) {
    await planInbox(state, creation, inbox);
    pauseFailing(state, batch);
    const unread: DagRow[] = [];
    for (const dagId of state.schedule.take(batch.now)) {
      const dag = owned.dags.get(dagId);
      // Who drains, or owns a DAG for one command only, leaves new runs to the next owner.
      if (!dag || !state.takesWork()) continue;
      // Thousands of DAGs may be due at once: the rest follows in the next ticks.
      if (state.runIds.left < RUNS_PER_LOOK || batch.planned > BATCH.rowWrites) state.schedule.touch(dagId);
      else if (!createDueRuns(creation, dag, state.schedule)) unread.push(dag.row);
    }
    await readGraphs(state, unread);
    if (mail.assetsMayHaveEvents && state.takesWork()) await createAssetRuns(state, creation);
    if (state.takesWork()) await goOnWithBackfills(state, creation);
  }
  await startQueuedRuns(state, batch);
  occupyCreated(state, batch);
  queueReady(state, batch);
  const admitted = admitReady(owned, batch, {
    grants: state.grants.pools,
    capacity: state.takesWork() ? state.executor.capacity - owned.occupancy.active : 0,
    isInFlight: (runId) => isInFlight(state, runId),
  });
  state.grants.want(admitted.wanted);
  for (const pool of state.grants.newlyMissing(admitted.missing.keys()))
    state.log.warn({ pool, dagIds: admitted.missing.get(pool) }, "tasks wait for a pool that does not exist");
}

/** Commands, schedules and assets look at whole DAGs, so they wait until the batch that is being committed is true. */
function needsAllRuns({ mail, schedule, clock }: TickState): boolean {
  return (
    mail.inboxMayHaveRows ||
    mail.deferred.length > 0 ||
    mail.toPause.size > 0 ||
    mail.assetsMayHaveEvents ||
    mail.backfillsDue.size > 0 ||
    schedule.hasWork ||
    (schedule.nextAt() ?? Infinity) <= clock.now()
  );
}

/** True when something waits that needs no further news. */
export function hasMore({ mail, schedule, takesWork }: TickState): boolean {
  return (
    ((mail.assetsMayHaveEvents || mail.backfillsDue.size > 0) && takesWork()) ||
    mail.reports.length > 0 ||
    mail.events.size > 0 ||
    mail.inboxMayHaveRows ||
    mail.dagsMayHaveChanged ||
    mail.deferred.length > 0 ||
    schedule.hasWork ||
    mail.startable.size > 0
  );
}

async function readInbox({ mail, store, owned }: TickState): Promise<readonly InboxRow<InboxMessage>[]> {
  // Rows of DAGs that have been given back are for the next owner, who reads them from the inbox.
  const deferred = mail.deferred.filter(({ dagId }) => owned.dags.has(dagId));
  mail.deferred = [];
  if (!mail.inboxMayHaveRows || owned.dags.size === 0) {
    mail.inboxMayHaveRows = false;
    return deferred;
  }
  const rows = await store.readInbox([...owned.dags.keys()], INBOX_PER_TICK);
  mail.inboxMayHaveRows = rows.length === INBOX_PER_TICK;
  const known = new Set(deferred.map((row) => row.inboxId));
  return [...deferred, ...rows.filter((row) => !known.has(row.inboxId))];
}

/** All events of this tick by run, in the order in which they are planned. What is over the batch's bounds stays for the next tick. */
function gatherEvents(
  state: TickState,
  { now, remote }: { readonly now: number; readonly remote: readonly ReportRow[] },
): Map<number, RunEvent[]> {
  const { owned, mail } = state;
  const events = new Map<number, RunEvent[]>();
  const add = (runId: number, event: RunEvent): void => {
    const known = events.get(runId);
    if (known) known.push(event);
    else events.set(runId, [event]);
  };
  const reports = mail.reports.splice(0, BATCH.events);
  for (const report of reports) add(report.runId, { kind: "report", report });
  for (const { report } of remote) add(report.runId, { kind: "report", report });
  for (const [runId, posted] of mail.events) for (const event of posted) add(runId, event);
  mail.events.clear();
  for (const runId of owned.takeDue(now, BATCH.events)) add(runId, { kind: "due" });
  for (const [runId, waiting] of events) {
    if (!isInFlight(state, runId)) continue;
    mail.offerAgain(runId, waiting);
    events.delete(runId);
  }
  return events;
}

async function planRuns(state: TickState, batch: Batch, events: Map<number, RunEvent[]>): Promise<void> {
  const deadline = state.clock.monotonicMs() + BATCH.planningMs;
  let planned = 0;
  for (const [runId, runEvents] of events) {
    const run = state.owned.runs.get(runId);
    if (!run) {
      events.delete(runId);
      continue;
    }
    if (planned > 0 && (state.clock.monotonicMs() > deadline || batch.planned > BATCH.rowWrites)) {
      state.mail.offerAgain(runId, runEvents);
      events.delete(runId);
      continue;
    }
    await planOne(state, batch, run, runEvents);
    planned += 1;
  }
}

async function planOne(state: TickState, batch: Batch, run: Run, events: readonly RunEvent[]): Promise<void> {
  const past = run.compiled.looksAtPast ? await state.past.prepare(run) : undefined;
  if (run.head.obligations.length > 0) state.fault?.("beforeObligation");
  const plan = planRun(run, events, factsOf(state, batch, past));
  for (const refusal of plan.refusals) {
    if (refusal.event.kind === "report")
      state.log.debug(
        { runId: run.head.runId, dispatchId: refusal.event.report.dispatchId },
        "report of a dead dispatch dropped",
      );
  }
  batch.add({ run, draft: plan.draft });
  state.owned.occupancy.moveAll(plan.draft);
}

function factsOf(state: TickState, batch: Batch, past: Facts["past"]): Facts {
  return {
    now: batch.now,
    slotOf: (dispatchId) => state.owned.dispatches.get(dispatchId)?.slot,
    ...(past && { past }),
  };
}

/** Commands come after reports: a run that has both in one tick plans its commands in the next. */
async function planInbox(state: TickState, creation: Creation, rows: readonly InboxRow[]): Promise<void> {
  const { batch, owned } = creation;
  const triggered = rows.flatMap(({ dagId, command }) =>
    command.kind === "trigger" ? (owned.dags.get(dagId)?.row ?? []) : [],
  );
  await owned.versions.load(triggered, state.store);
  for (const row of rows) {
    if (batch.planned > BATCH.rowWrites || state.runIds.left === 0) {
      state.mail.deferred.push(row);
      continue;
    }
    const step = await planCommand(row, creation, state.store);
    if (step.kind === "answered") {
      if (row.command.kind === "pause") wakeDag(state, row.dagId);
      else settleClearing(state, row);
      continue;
    }
    if (batch.runs.has(step.run.head.runId)) {
      state.mail.deferred.push(row);
      continue;
    }
    if (step.kind === "delete") {
      await deleteRun(state, batch, { ...step, row });
      continue;
    }
    if (step.kind === "move") {
      await planVersionMove(state, batch, step);
      state.mail.deferred.push(afterFirstStep(row));
      continue;
    }
    const past = step.run.compiled.looksAtPast ? await state.past.prepare(step.run) : undefined;
    const plan = planRun(step.run, step.events, factsOf(state, batch, past));
    const [refusal] = plan.refusals;
    if (refusal && refusal.code !== "DISPATCH_DEAD") {
      batch.answers.push({ inboxId: row.inboxId, answer: { ok: false, code: refusal.code, message: refusal.message } });
      dropEnded(state, step.run);
      settleClearing(state, row);
      continue;
    }
    const { runId, runKey } = step.run.head;
    const isChanged = !plan.draft.isEmpty;
    if (isChanged) {
      batch.add({ run: step.run, draft: plan.draft });
      state.owned.occupancy.moveAll(plan.draft);
    } else dropEnded(state, step.run);
    batch.answers.push({
      inboxId: row.inboxId,
      ...(isChanged && { runId }),
      answer: {
        ok: true,
        runId,
        runKey,
        changed: plan.draft.changes.size,
        version: step.run.head.version + Number(isChanged),
      },
    });
  }
}

/** The DAG was paused, unpaused or changed: its schedule and its waiting runs are looked at. */
export function wakeDag(state: TickState, dagId: string): void {
  state.schedule.touch(dagId);
  state.mail.startable.add(dagId);
  state.mail.backfillsDue.add(dagId);
}

/** Graphs of DAGs that have runs to make: the next ticks make them. */
async function readGraphs({ owned, schedule, store, mail }: TickState, rows: readonly DagRow[]): Promise<void> {
  const asked = rows.slice(0, GRAPHS_PER_TICK);
  await owned.versions.load(asked, store);
  for (const { dagId, version } of asked) {
    if (owned.versions.find(dagId, version)) schedule.touch(dagId);
    else mail.dagsMayHaveChanged = true;
  }
  for (const { dagId } of rows.slice(GRAPHS_PER_TICK)) schedule.touch(dagId);
}

async function createAssetRuns(state: TickState, creation: Creation): Promise<void> {
  state.mail.assetsMayHaveEvents = false;
  const followers = [...state.owned.dags.values()].filter(
    (dag) => assetRuleOf(dag.row.settings.schedule) && !dag.row.paused && dag.row.active,
  );
  if (followers.length === 0) return;
  const events = await state.store.queuedAssetEvents(followers.map((dag) => dag.row.dagId));
  for (const dag of followers) {
    const own = events.filter((event) => event.dagId === dag.row.dagId);
    const rule = assetRuleOf(dag.row.settings.schedule);
    if (!rule || !isSatisfied(rule, new Set(own.map((event) => event.uri)))) continue;
    if (state.runIds.left === 0) {
      state.mail.assetsMayHaveEvents = true;
      return;
    }
    await state.owned.versions.get(dag.row, state.store);
    addRun(creation, dag, {
      ...runOfEvents(own, creation.batch.now),
      runType: "asset_triggered",
      triggeredBy: "asset",
      conf: null,
      assetEventIds: own.map((event) => event.eventId),
    });
  }
}

/** Queued runs begin, oldest first, as far as the DAG's limit allows. */
async function startQueuedRuns(state: TickState, batch: Batch): Promise<void> {
  const { owned } = state;
  for (const { run, draft } of batch.runs.values())
    if (run.head.state === "running" && draft.head.state !== "running") state.mail.startable.add(run.head.dagId);
  const dagIds = [...state.mail.startable];
  state.mail.startable.clear();
  for (const dagId of dagIds) {
    const dag = owned.dags.get(dagId);
    if (!dag || dag.row.paused) continue;
    const started = batch.startedRuns(dagId) + (state.flight?.batch.startedRuns(dagId) ?? 0);
    owned.enqueueWaiting(dag, batch.now);
    await startFrom(state, batch, dag, {
      queue: dag.queued,
      free: dag.row.settings.maxActiveRuns - dag.running - started,
    });
    await startFrom(state, batch, dag, { queue: dag.queuedBackfills, free: Infinity });
  }
}

/** Begins runs of one queue, as many as are `free`. All go back into the queue: they begin when the commit says so. */
async function startFrom(
  state: TickState,
  batch: Batch,
  dag: OwnedDag,
  { queue, free }: { readonly queue: OwnedDag["queued"]; readonly free: number },
): Promise<void> {
  const { dagId } = dag.row;
  const taken: Run[] = [];
  for (let begun = 0; begun < free;) {
    const run = state.owned.takeQueued(dag, queue);
    if (run === undefined) break;
    taken.push(run);
    const { runId, dueAt, runAfter } = run.head;
    if (!mayBegin(run.head, batch.now)) {
      // Due by the clock of the owner before, which was ahead by a little.
      if ((dueAt ?? Infinity) > runAfter) state.mail.startable.add(dagId);
    } else if (batch.runs.has(runId) || isInFlight(state, runId)) {
      // What else is planned for a run goes first; it begins in the next tick.
      state.mail.startable.add(dagId);
    } else {
      await planOne(state, batch, run, [{ kind: "start" }]);
      begun += 1;
    }
  }
  for (const run of taken) queue.push(run);
}

/** Created runs were planned without being counted yet. */
function occupyCreated(state: TickState, batch: Batch): void {
  for (const { newRun, draft } of batch.runs.values()) if (newRun) state.owned.occupancy.moveAll(draft);
}

function queueReady(state: TickState, batch: Batch): void {
  for (const { run, draft } of batch.runs.values()) {
    for (const slot of draft.ready)
      state.owned.pushReady(run, slot, { task: draft.taskOf(slot), mapIndex: draft.mapIndexOf(slot) });
  }
}

/** DAGs that failed too often in a row are paused, with everything else that this tick decides. */
function pauseFailing({ mail, owned, log }: TickState, batch: Batch): void {
  for (const dagId of mail.toPause) {
    const dag = owned.dags.get(dagId);
    if (!dag) continue;
    dag.row = { ...dag.row, paused: true };
    batch.patchDag({ dagId, paused: true });
    log.warn({ dagId, failedRunsInRow: dag.failedRunsInRow }, "DAG paused after failed runs in a row");
  }
  mail.toPause.clear();
}

/** An ended run that was read for a command, and has no work again: in memory it would count as unfinished. */
function dropEnded({ owned }: TickState, { head }: Run): void {
  if (head.state === "success" || head.state === "failed") owned.dropRun(head.runId);
}
