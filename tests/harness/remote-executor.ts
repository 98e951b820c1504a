import type { Executor, RemoteDispatches, Report } from "@millrace/core";

/** What a test executor for workers elsewhere is made with. */
export interface RemoteExecutorOptions {
  readonly remote: RemoteDispatches;
  readonly report: (reports: readonly Report[]) => void;
  /** Brings the ids of dispatches to some worker. */
  readonly hand: (dispatchIds: readonly string[]) => void;
  /** A worker that has given no sign for so long is lost. */
  readonly silentMs: number;
}

const REVIEW_MS = 100;

/** Leaves dispatches as rows and hands their ids on, as an executor with a queue does; what workers say comes through the inbox. */
export function createRemoteExecutor({ remote, report, hand, silentMs }: RemoteExecutorOptions): Executor {
  const held = new Map<string, number>();
  const lost = (dispatchId: string, message: string, mayHaveRun: boolean): Report[] => {
    const runId = held.get(dispatchId);
    if (runId === undefined) return [];
    held.delete(dispatchId);
    return [{ kind: "lost", dispatchId, runId, cause: { code: "WORKER_LOST", message }, mayHaveRun, guilty: false }];
  };
  const review = async (): Promise<void> => {
    const { ended, silent, unclaimedStops } = await remote.review([...held.keys()], silentMs * 1_000);
    for (const dispatchId of ended) held.delete(dispatchId);
    report([
      ...silent.flatMap((dispatchId) => lost(dispatchId, "its worker gives no sign of life", true)),
      ...unclaimedStops.flatMap((dispatchId) => lost(dispatchId, "stopped before a worker had taken it", false)),
    ]);
  };
  let reviewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // The test's database may be gone already when the last look is on its way.
    reviewing = reviewing.then(review).catch(() => undefined);
  }, REVIEW_MS);
  return {
    capacity: 64,
    start(dispatches) {
      for (const { dispatchId, run } of dispatches) held.set(dispatchId, run.runId);
      void remote.put(dispatches).then(() => hand(dispatches.map(({ dispatchId }) => dispatchId)));
    },
    stop: (dispatchIds, reason) => void remote.requestStop(dispatchIds, reason),
    // Workers see in the answers to their heartbeats that the start is committed.
    acknowledgeStarted: () => undefined,
    runCallback: () => Promise.resolve({ ok: false, error: "this executor runs no callbacks" }),
    holds: (dispatchId) => held.has(dispatchId),
    drain: () => Promise.resolve([]),
    async close() {
      clearInterval(timer);
      await reviewing;
    },
  };
}
