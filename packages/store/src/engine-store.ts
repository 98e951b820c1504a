import type { EngineStore } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import { queuedAssetEvents, readAssetEvents, readRunAssetEvents } from "./queries/assets.ts";
import { advanceBackfill, openBackfills, runsAtDates } from "./queries/backfills.ts";
import { claimDag, claimDags, releaseDags } from "./queries/claim-dags.ts";
import { commit } from "./queries/commit.ts";
import { readConnection } from "./queries/connections.ts";
import { countTaskStates } from "./queries/count-task-states.ts";
import { findDatedResults } from "./queries/find-dated-results.ts";
import { findDispatch } from "./queries/find-dispatch.ts";
import { findFirstTry } from "./queries/find-first-try.ts";
import { findPreviousSuccess } from "./queries/find-previous-success.ts";
import { findRun } from "./queries/find-run.ts";
import { grants } from "./queries/grants.ts";
import { readInbox, send, waitForAnswer } from "./queries/inbox.ts";
import { countFailedRuns, loadBundle, loadDags, loadGraph, loadGraphs } from "./queries/load-dags.ts";
import {
  findPreviousRunId,
  findRunByLogicalDate,
  findRunId,
  loadLiveRuns,
  loadRun,
  loadRuns,
} from "./queries/load-runs.ts";
import { finishOutbox, takeOutbox } from "./queries/outbox.ts";
import { readResults } from "./queries/read-results.ts";
import { readState } from "./queries/read-state.ts";
import { RunIds } from "./queries/reserve-run-ids.ts";
import { saveFiles } from "./queries/save-files.ts";
import {
  endDeadSchedulers,
  endScheduler,
  heartbeat,
  readClock,
  registerScheduler,
  schedulersOfHost,
} from "./queries/schedulers.ts";
import { readVariable } from "./queries/variables.ts";
import { type WakeUps } from "./queries/wake-ups.ts";
import { removeRuns } from "./retention/remove-runs.ts";
import type { Sealer } from "./secrets.ts";

/** What {@link makeEngineStore} stands on. */
export interface EngineStoreOptions {
  readonly pool: DatabasePool;
  readonly sealer: Sealer;
  readonly wakeUps: WakeUps;
}

/** The engine's memory on PostgreSQL: a verb, a file in `queries/`. Closing it ends its wake-ups; the pool stays the caller's. */
export function makeEngineStore({ pool, sealer, wakeUps }: EngineStoreOptions): EngineStore {
  const runIds = new RunIds(pool);
  return {
    now: () => readClock(pool),
    registerScheduler: (self) => registerScheduler(pool, self),
    heartbeat: (schedulerId) => heartbeat(pool, schedulerId),
    endDeadSchedulers: (schedulerId, deadAfterMicros) => endDeadSchedulers(pool, schedulerId, deadAfterMicros),
    schedulersOfHost: (host) => schedulersOfHost(pool, host),
    endScheduler: (schedulerId) => endScheduler(pool, schedulerId),
    claimDags: (schedulerId) => claimDags(pool, schedulerId),
    claimDag: (schedulerId, dagId) => claimDag(pool, schedulerId, dagId),
    releaseDags: (schedulerId, dagIds) => releaseDags(pool, schedulerId, dagIds),
    saveFiles: (files, options) => saveFiles(pool, files, options),
    loadDags: (dagIds) => loadDags(pool, dagIds),
    countFailedRuns: (dagIds) => countFailedRuns(pool, dagIds),
    loadGraphs: (keys) => loadGraphs(pool, keys),
    loadGraph: (dagId, version) => loadGraph(pool, dagId, version),
    loadBundle: (bundleHash) => loadBundle(pool, bundleHash),
    reserveRunIds: (count) => runIds.reserve(count),
    loadLiveRuns: (dagIds) => loadLiveRuns(pool, dagIds),
    openBackfills: (dagIds) => openBackfills(pool, dagIds),
    runsAtDates: (dagId, dates) => runsAtDates(pool, dagId, dates),
    advanceBackfill: (backfillId, to) => advanceBackfill(pool, backfillId, to),
    loadRuns: (runIds) => loadRuns(pool, runIds),
    loadRun: (runId) => loadRun(pool, runId),
    findRunId: (dagId, runKey) => findRunId(pool, dagId, runKey),
    findRunByLogicalDate: (dagId, logicalDate) => findRunByLogicalDate(pool, dagId, logicalDate),
    findPreviousRunId: (dagId, logicalDate, scheduledOnly) =>
      findPreviousRunId(pool, { dagId, logicalDate, scheduledOnly }),
    findPreviousSuccess: (dagId, logicalDate) => findPreviousSuccess(pool, dagId, logicalDate),
    readState: (ask) => readState(pool, ask),
    findRun: (ask) => findRun(pool, ask),
    countTaskStates: (runId, taskIds) => countTaskStates(pool, runId, taskIds),
    findDispatch: (instance) => findDispatch(pool, instance),
    findFirstTry: (instance) => findFirstTry(pool, instance),
    removeRun: async (run) => (await removeRuns(pool, [run])).has(run.runId),
    commit: (batch) => commit(pool, batch),
    send: (dagId, command, by) => send(pool, { dagId, command, by }),
    readInbox: (dagIds, limit) => readInbox(pool, dagIds, limit),
    waitForAnswer: (inboxId, timeoutMs) => waitForAnswer(pool, wakeUps, inboxId, timeoutMs),
    listen: (channels) => listen(wakeUps, channels),
    readResults: (keys) => readResults(pool, keys),
    findDatedResults: (question) => findDatedResults(pool, question),
    readVariable: (key) => readVariable(pool, sealer, key),
    readConnection: (connectionId) => readConnection(pool, sealer, connectionId),
    grants: (schedulerId, wanted, used) => grants(pool, schedulerId, { wanted, used }),
    queuedAssetEvents: (dagIds) => queuedAssetEvents(pool, dagIds),
    readRunAssetEvents: (runId) => readRunAssetEvents(pool, runId),
    readAssetEvents: (uris) => readAssetEvents(pool, uris),
    takeOutbox: (schedulerId, dagIds, limit) => takeOutbox(pool, { schedulerId, dagIds, limit }),
    finishOutbox: (outboxId, outcome, log) => finishOutbox(pool, outboxId, outcome, log),
    close: () => wakeUps.close(),
  };
}

async function listen(wakeUps: WakeUps, channels: Parameters<EngineStore["listen"]>[0]): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  for (const channel of ["inbox", "dags", "pools"] as const) {
    const wake = channels[channel];
    if (wake !== undefined) stops.push(await wakeUps.listen([channel], wake));
  }
  return async () => {
    for (const stop of stops) await stop();
  };
}
