// R5. DAGs change hands between ticks only: while no commit is on its way, what is given up is forgotten at once, and what is taken is read whole.
import type { BackfillRow, DagRow, LogRef, Run } from "@millrace/core";
import { acknowledgeRunning } from "./effects.ts";
import { runFromRows, type OwnedDag } from "./owned-dags.ts";
import { wakeDag } from "./tick.ts";
import type { TickState } from "./tick-state.ts";

type LostLogs = ReadonlyMap<string, LogRef>;

/**
 * Takes this scheduler's share of the DAGs, and their unfinished runs into memory. Cheap when nothing has changed.
 *
 * @param onlyDags these and no others, as far as nobody else drives them.
 * @throws MillraceError CONFLICT when the scheduler was ended.
 */
export async function claim(state: TickState, onlyDags?: readonly string[]): Promise<void> {
  const { store, owned, mail } = state;
  const mustLook = mail.dagsMayHaveChanged;
  mail.dagsMayHaveChanged = false;
  mail.claimDue = false;
  // Tasks of other schedulers' DAGs update assets, too.
  mail.assetsMayHaveEvents = true;
  const ids = onlyDags ? await claimOnly(state, onlyDags) : await store.claimDags(state.schedulerId);
  const mine = new Set(ids);
  const gone = [...owned.dags.keys()].filter((dagId) => !mine.has(dagId));
  for (const dagId of gone) owned.dropDag(dagId);
  if (gone.length > 0) owned.occupancy.rebuild(owned.runs.values());
  if (!mustLook && ids.every((dagId) => owned.dags.has(dagId))) return;
  const rows = await store.loadDags(ids);
  const fresh = rows.map((row) => row.dagId).filter((dagId) => !owned.dags.has(dagId) || mail.unknownRuns.has(dagId));
  mail.unknownRuns.clear();
  for (const row of rows) takeDag(state, row);
  takeBackfills(state, await store.openBackfills(ids));
  if (fresh.length > 0) await takeRuns(state, fresh);
}

async function claimOnly({ store, schedulerId }: TickState, dagIds: readonly string[]): Promise<readonly string[]> {
  const claimed: string[] = [];
  for (const dagId of dagIds) if (await store.claimDag(schedulerId, dagId)) claimed.push(dagId);
  return claimed;
}

function takeDag(state: TickState, row: DagRow): void {
  const before = state.owned.dags.get(row.dagId)?.row;
  const dag = state.owned.addDag(row);
  if (before)
    dag.row = {
      ...row,
      ...(before.lastScheduled && isLater(before, row) && { lastScheduled: before.lastScheduled }),
      failedRunsInRow: before.failedRunsInRow,
    };
  forgetVersions(dag);
  wakeDag(state, row.dagId);
}

/** Backfills that are open now; one that is known keeps what it has done since. */
function takeBackfills({ owned, mail }: TickState, rows: readonly BackfillRow[]): void {
  const open = new Map(rows.map((row) => [row.dagId, row]));
  for (const dag of owned.dags.values()) {
    const row = open.get(dag.row.dagId);
    const known = dag.backfill;
    if (!row) dag.backfill = undefined;
    else if (known?.row.backfillId === row.backfillId) known.row = row;
    else dag.backfill = { row, cursor: row.cursor, isWalked: false, clearing: new Set() };
    if (row) mail.backfillsDue.add(row.dagId);
  }
}

/** A DAG that is edited often leaves no versions behind that no run in memory uses; a run that rests brings its own back. */
function forgetVersions({ row, runs, versions }: OwnedDag): void {
  const used = new Set([...runs.values()].map((run) => run.head.dagVersion).concat(row.version));
  for (const version of versions.keys()) if (!used.has(version)) versions.delete(version);
}

async function takeRuns(state: TickState, dagIds: readonly string[]): Promise<void> {
  const { store, owned, mail } = state;
  const unfinished = await store.loadLiveRuns(dagIds);
  if (unfinished.length > 0) state.fault?.("beforeTakeover");
  const runs: Run[] = [];
  for (const { run: row, instances } of unfinished) {
    const dag = owned.dags.get(row.dagId);
    if (!dag || owned.runs.has(row.runId) || owned.resting.has(row.runId)) continue;
    const version = await owned.version(dag, row.dagVersion, store);
    runs.push(runFromRows(row, instances, version.compiled));
  }
  const logs = await findLostLogs(state, runs);
  for (const run of runs) takeOver(state, run, logs);
  if (unfinished.length > 0) state.fault?.("afterTakeover");
  owned.occupancy.rebuild(owned.runs.values());
  mail.inboxMayHaveRows = true;
}

/** What the dispatches of a scheduler that ended had logged, as far as it lies on this host: their tries keep it. */
async function findLostLogs({ executor }: TickState, runs: readonly Run[]): Promise<LostLogs> {
  const ids = runs.flatMap((run) => [...run.dispatchId.values()].filter((id) => !executor.holds(id)));
  return ids.length === 0 ? new Map() : ((await executor.recoverLogs?.(ids)) ?? new Map());
}

/** R9: a dispatch that nobody here holds ended with its scheduler; its try starts again under a new id. */
function takeOver(state: TickState, run: Run, logs: LostLogs): void {
  state.owned.addRun(run, state.clock.now());
  state.owned.index(run);
  acknowledgeRunning(state, run);
  for (const [slot, dispatchId] of run.dispatchId) {
    if (state.executor.holds(dispatchId)) continue;
    const mayHaveRun = run.stateOf(slot) !== "queued";
    const message = "the scheduler that ran it ended";
    const log = logs.get(dispatchId);
    state.mail.reports.push({
      kind: "lost",
      dispatchId,
      runId: run.head.runId,
      cause: { code: "SCHEDULER_ENDED", message },
      mayHaveRun,
      guilty: false,
      blameless: true,
      ...(log && { log }),
    });
  }
  state.mail.post(run.head.runId, { kind: "evaluate" });
}

type Scheduled = Pick<DagRow, "lastScheduled">;

function isLater(a: Scheduled, b: Scheduled): boolean {
  return (a.lastScheduled?.logicalDate ?? -Infinity) > (b.lastScheduled?.logicalDate ?? -Infinity);
}
