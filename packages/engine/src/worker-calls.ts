import { MillraceError, type EngineStore, type SecretsBackend, type WorkerCalls } from "@millrace/core";
import { runCalls } from "./run-calls.ts";

/** What the engine's answers are made of. */
export interface WorkerCallsOptions {
  readonly store: EngineStore;
  /** Where a live dispatch is, so that it may ask for its own run's results only. */
  readonly runOf: (dispatchId: string) => number | undefined;
  /** Where variables and connections are looked for. Default: in the database alone. */
  readonly secrets?: SecretsBackend;
}

/** Answers what workers ask while a dispatch runs. The dispatch is the credential: a dead one gets nothing (R3). */
export function createWorkerCalls({ store, runOf, secrets }: WorkerCallsOptions): WorkerCalls {
  const liveRun = (dispatchId: string): number => {
    const runId = runOf(dispatchId);
    if (runId === undefined)
      throw new MillraceError("DISPATCH_DEAD", `dispatch ${dispatchId} is not alive; what it asks for is not answered`);
    return runId;
  };
  return {
    bundle: (bundleHash) => store.loadBundle(bundleHash),
    async results({ dispatchId, taskId, key, mapIndex, from, limit }) {
      const runId = liveRun(dispatchId);
      const [values] = await store.readResults([
        { runId, taskId, ...(mapIndex !== undefined && { mapIndex }), ...(key !== undefined && { key }) },
      ]);
      return values.slice(from, from + limit);
    },
    async datedResults({ dispatchId, ...question }) {
      liveRun(dispatchId);
      return await store.findDatedResults(question);
    },
    async assetEvents({ dispatchId, uris }) {
      liveRun(dispatchId);
      return await store.readAssetEvents(uris);
    },
    async variable(_dispatchId, key) {
      return await (secrets ? secrets.variable(key) : store.readVariable(key));
    },
    async connection(_dispatchId, connectionId) {
      return await (secrets ? secrets.connection(connectionId) : store.readConnection(connectionId));
    },
    previousSuccess: ({ dagId, logicalDate }) => store.findPreviousSuccess(dagId, logicalDate),
    ...runCalls({ store, liveRun }),
  };
}
