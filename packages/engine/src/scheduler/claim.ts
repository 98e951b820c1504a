// R5. DAGs change hands between ticks only: while no commit is on its way, what is given up is forgotten at once, and what is taken is read whole.
import type { BackfillRow, ClaimedDag, DagRow, LogRef, Run } from "@millrace/core";
import { acknowledgeRunning } from "./effects.ts";
import { runFromRows, versionOf, type OwnedDag } from "./owned-dags.ts";
import { wakeDag } from "./tick.ts";
import type { TickState } from "./tick-state.ts";

/** DAGs that are read together: there may be ten thousands at the start. */
const DAGS_AT_ONCE = 500;

type LostLogs = ReadonlyMap<string, LogRef>;

/**
 * Takes this scheduler's share of the DAGs, and their unfinished runs into memory. Reads only those that are new or have changed; cheap when nothing
 * has.
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
  const claimed = onlyDags ? await claimOnly(state, onlyDags) : await store.claimDags(state.schedulerId);
  dropOthers(state, claimed);
  owned.versions.forgetIdle({
    runs: owned.runs.values(),
    newest: (dagId) => owned.dags.get(dagId)?.row.version,
  });
  if (!mustLook && claimed.every(({ dagId }) => owned.dags.has(dagId))) return;
  const changed = claimed.filter(
    ({ dagId, stamp }) => !stamp || owned.dags.get(dagId)?.stamp !== stamp || mail.unknownRuns.has(dagId),
  );
  const fresh: string[] = [];
  for (let at = 0; at < changed.length; at += DAGS_AT_ONCE)
    fresh.push(...(await takeDags(state, changed.slice(at, at + DAGS_AT_ONCE))));
  mail.unknownRuns.clear();
  takeBackfills(state, await store.openBackfills([...owned.dags.keys()]));
  if (fresh.length > 0) await takeRuns(state, fresh);
}

/** Without a stamp: read again whenever somebody says that DAGs may have changed. */
type Claimed = Pick<ClaimedDag, "dagId"> & Partial<ClaimedDag>;

async function claimOnly({ store, schedulerId }: TickState, dagIds: readonly string[]): Promise<readonly Claimed[]> {
  const claimed: Claimed[] = [];
  for (const dagId of dagIds) if (await store.claimDag(schedulerId, dagId)) claimed.push({ dagId });
  return claimed;
}

function dropOthers({ owned }: TickState, claimed: readonly Claimed[]): void {
  const mine = new Set(claimed.map(({ dagId }) => dagId));
  const gone = [...owned.dags.keys()].filter((dagId) => !mine.has(dagId));
  for (const dagId of gone) owned.dropDag(dagId);
  if (gone.length > 0) owned.occupancy.rebuild(owned.runs.values());
}

/** @returns those of them that may have unfinished runs which are not in memory. */
async function takeDags(state: TickState, claimed: readonly Claimed[]): Promise<readonly string[]> {
  const { owned, store, mail } = state;
  const rows = await store.loadDags(claimed.map(({ dagId }) => dagId));
  const uncounted = rows.filter((row) => limitsFailures(row) && !limitsFailures(owned.dags.get(row.dagId)?.row));
  const failed = uncounted.length > 0 ? await store.countFailedRuns(uncounted.map(({ dagId }) => dagId)) : undefined;
  const stamps = new Map(claimed.map(({ dagId, stamp }) => [dagId, stamp]));
  const fresh: string[] = [];
  for (const row of rows) {
    const { dag, isNew } = takeDag(state, row);
    dag.stamp = stamps.get(row.dagId);
    if (isNew || mail.unknownRuns.has(row.dagId)) fresh.push(row.dagId);
    wakeDag(state, row.dagId);
  }
  for (const { dagId } of uncounted) {
    const dag = owned.dags.get(dagId);
    if (dag) dag.failedRunsInRow = failed?.get(dagId) ?? 0;
  }
  return fresh;
}

function limitsFailures(row: DagRow | undefined): boolean {
  return row !== undefined && row.settings.maxConsecutiveFailedRuns > 0;
}

function takeDag({ owned }: TickState, row: DagRow): { readonly dag: OwnedDag; readonly isNew: boolean } {
  const dag = owned.dags.get(row.dagId);
  // One that was deleted, and is back, is another DAG of the same name.
  if (dag && dag.row.createdAt !== row.createdAt) owned.dropDag(row.dagId);
  else if (dag) {
    const { lastScheduled } = dag.row;
    dag.row = { ...row, ...(lastScheduled && isLater(dag.row, row) && { lastScheduled }) };
    return { dag, isNew: false };
  }
  return { dag: owned.addDag(row), isNew: true };
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

async function takeRuns(state: TickState, dagIds: readonly string[]): Promise<void> {
  const { store, owned, mail } = state;
  const unfinished = await store.loadLiveRuns(dagIds);
  if (unfinished.length > 0) state.fault?.("beforeTakeover");
  await owned.versions.load(
    unfinished.map(({ run }) => versionOf(run)),
    store,
  );
  const runs: Run[] = [];
  for (const { run: row, instances } of unfinished) {
    const dag = owned.dags.get(row.dagId);
    if (!dag || owned.runs.has(row.runId) || owned.resting.has(row.runId)) continue;
    const version = await owned.versions.get(versionOf(row), store);
    // Of the time when it was driven here before: another may have cleared them since.
    state.results.forgetRun(row.runId);
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
