// A backfill is walked by the owner of its DAG: a few runs at a time, each in the batch that its tick commits. What is noted of it is only how far it has
// come; whether a date is done with is said by the run that stands there, so losing the note costs a second look and does nothing twice.
import {
  backfillAction,
  backfillDates,
  refuseBackfill,
  type DueRun,
  type InboxMessage,
  type InboxRow,
  type RunAtDate,
} from "@millrace/core";
import { BATCH } from "./batch.ts";
import { addRun, type Creation } from "./create-runs.ts";
import type { OwnedBackfill, OwnedDag } from "./owned-dags.ts";
import type { TickState } from "./tick-state.ts";
import { untilAnswered } from "./until-answered.ts";

/** Dates that are looked at together. */
const DATES_PER_LOOK = 64;

/** Makes the next runs of open backfills, as far as each may have more. Call it only while nothing is being committed. */
export async function goOnWithBackfills(state: TickState, creation: Creation): Promise<void> {
  const dagIds = [...state.mail.backfillsDue];
  state.mail.backfillsDue.clear();
  const deadline = state.clock.monotonicMs() + BATCH.planningMs;
  for (const dagId of dagIds) {
    const dag = state.owned.dags.get(dagId);
    // A paused DAG starts nothing, its backfill neither.
    if (!dag?.backfill || dag.row.paused || !dag.row.active || dag.backfill.row.state !== "running") continue;
    // The file was edited meanwhile: it waits until the schedule has dates again, or somebody cancels it. One that needs none more ends.
    if (!dag.backfill.isWalked && refuseBackfill(dag.row.settings.schedule) !== undefined) continue;
    await goOn(state, creation, dag, { backfill: dag.backfill, deadline });
  }
}

async function goOn(
  state: TickState,
  creation: Creation,
  dag: OwnedDag,
  { backfill, deadline }: { readonly backfill: OwnedBackfill; readonly deadline: number },
): Promise<void> {
  const { row } = backfill;
  noteCursor(state, backfill);
  let free = row.maxActiveRuns - dag.backfillRuns - backfill.clearing.size;
  for (let looks = 0; free > 0 && !backfill.isWalked; looks += 1) {
    // Millions of dates may be done with: what else happens is not kept waiting until the walk is past them (R11).
    const isLate = looks > 0 && state.clock.monotonicMs() > deadline;
    if (isLate || state.runIds.left < DATES_PER_LOOK || creation.batch.planned > BATCH.rowWrites) {
      state.mail.backfillsDue.add(row.dagId);
      return;
    }
    const dates = backfillDates(dag.row.settings.schedule, rangeOf(backfill), backfill.cursor, DATES_PER_LOOK);
    const found = await state.store.runsAtDates(
      row.dagId,
      dates.map((date) => date.logicalDate),
    );
    const runs = new Map(found.map((run) => [run.logicalDate, run]));
    let seen = 0;
    for (const date of dates) {
      if (free === 0) break;
      if (await takeDate(state, creation, dag, { backfill, date, run: runs.get(date.logicalDate) })) free -= 1;
      backfill.cursor = date.logicalDate;
      seen += 1;
    }
    backfill.isWalked = seen === dates.length && dates.length < DATES_PER_LOOK;
  }
  const isOver = backfill.isWalked && dag.backfillRuns + backfill.clearing.size === 0;
  if (!isOver) return;
  if (hasMoreRuns(state, creation, row.backfillId)) {
    state.mail.backfillsDue.add(row.dagId);
    return;
  }
  dag.backfill = undefined;
  // It is forgotten here: nobody else would say it again.
  const end = untilAnswered(state, "end of a backfill", () =>
    state.store.advanceBackfill(row.backfillId, { ended: true }),
  );
  state.background(end, "end of a backfill");
  state.log.debug({ backfillId: row.backfillId, dagId: row.dagId }, "backfill ended");
}

interface Step {
  readonly backfill: OwnedBackfill;
  readonly date: DueRun;
  readonly run: RunAtDate | undefined;
}

/** @returns true when the date takes one of the active runs. */
async function takeDate(
  { store, mail, owned }: TickState,
  creation: Creation,
  dag: OwnedDag,
  { backfill: { row, clearing }, date, run }: Step,
): Promise<boolean> {
  // What an earlier owner has done of it.
  if (run?.backfillId === row.backfillId) return false;
  const by = `backfill:${row.backfillId}`;
  switch (backfillAction(run, row.reprocess)) {
    case "skip":
      return false;
    case "create":
      await owned.versions.get(dag.row, store);
      addRun(creation, dag, {
        ...date,
        runType: "backfill",
        triggeredBy: by,
        conf: row.conf,
        backfillId: row.backfillId,
        ...(row.taskIds && { onlyTasks: row.taskIds }),
      });
      return true;
    case "clear": {
      const { runKey } = run as RunAtDate;
      clearing.add(runKey);
      const select = {
        ...(row.taskIds && { taskIds: row.taskIds }),
        ...(row.reprocess === "failed" && { onlyFailed: true }),
      };
      // R5: a command like any other, so that it moves the run to the newest version first.
      await store.send(row.dagId, { kind: "clear", runKey, select, version: "newest", backfillId: row.backfillId }, by);
      mail.inboxMayHaveRows = true;
      return true;
    }
  }
}

/** A clear that a backfill asked for, and that changes nothing: the run was cleared by it before, or cannot be. */
export function settleClearing({ owned, mail }: TickState, { dagId, command }: InboxRow): void {
  if (command.kind !== "clear" || command.backfillId === undefined) return;
  owned.dags.get(dagId)?.backfill?.clearing.delete(command.runKey);
  mail.backfillsDue.add(dagId);
}

function rangeOf({ row }: OwnedBackfill): Parameters<typeof backfillDates>[1] {
  return { from: row.from, to: row.to, reverse: row.reverse, completeAt: row.createdAt };
}

/** Runs that this tick makes or clears, and clears that an owner before has asked for. */
function hasMoreRuns({ mail }: TickState, { batch }: Creation, backfillId: number): boolean {
  for (const { newRun, draft } of batch.runs.values())
    if (newRun?.backfillId === backfillId || draft.patch.backfillId === backfillId) return true;
  const isAsked = ({ command }: InboxRow<InboxMessage>): boolean =>
    command.kind === "clear" && command.backfillId === backfillId;
  return mail.inboxMayHaveRows || mail.deferred.some(isAsked);
}

/** What the last look decided is committed now, since nothing is on its way. */
function noteCursor({ background, store }: TickState, backfill: OwnedBackfill): void {
  const { cursor, row } = backfill;
  if (cursor === undefined || cursor === backfill.noted) return;
  backfill.noted = cursor;
  background(store.advanceBackfill(row.backfillId, { cursor, ended: false }), "progress of a backfill");
}
