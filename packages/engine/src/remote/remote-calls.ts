import { findBlobKey, type BlobStore, type Dispatch, type StoredValue, type WorkerCalls } from "@millrace/core";
import type { ExecutionClient } from "./execution-client.ts";

/** What {@link remoteCalls} answers with. */
export interface RemoteCallsOptions {
  readonly client: ExecutionClient;
  /** Where values lie that are too large for a row, on this machine. */
  readonly blobs: BlobStore;
  /** A dispatch of this worker that is alive and may read the bundle. */
  readonly holderOf: (bundleHash: string) => string | undefined;
  /** Called before a large value is written here: the dispatch needs it as long as it lives. */
  readonly onFetch: (dispatchId: string, key: string) => void;
}

/** {@link WorkerCalls} of a machine without a database: each question goes to the server, in the name of the dispatch that asks. */
export function remoteCalls({ client, blobs, holderOf, onFetch }: RemoteCallsOptions): WorkerCalls {
  const ask = async <T>(dispatchId: string | undefined, method: keyof WorkerCalls, args: object): Promise<T> =>
    (await client.ask(dispatchId ?? "", { method, args })) as T;
  return {
    bundle: async (bundleHash) => await ask(holderOf(bundleHash), "bundle", { bundleHash }),
    async results(question) {
      const values = await ask<readonly StoredValue[]>(question.dispatchId, "results", question);
      await fetchValues(values, { client, blobs, onFetch, dispatchId: question.dispatchId });
      return values;
    },
    async datedResults(question) {
      const { dispatchId } = question;
      const found = await ask<Awaited<ReturnType<WorkerCalls["datedResults"]>>>(dispatchId, "datedResults", question);
      if (found) await fetchValues(found.values, { client, blobs, onFetch, dispatchId });
      return found;
    },
    assetEvents: async (question) => await ask(question.dispatchId, "assetEvents", question),
    variable: async (dispatchId, key) => await ask(dispatchId, "variable", { key }),
    connection: async (dispatchId, connectionId) => await ask(dispatchId, "connection", { connectionId }),
    trigger: async (question) => await ask(question.dispatchId, "trigger", question),
    clearRun: async (question) => await ask(question.dispatchId, "clearRun", question),
    previousSuccess: async (question) => await ask(question.dispatchId, "previousSuccess", question),
    stateOf: async (question) => await ask(question.dispatchId, "stateOf", question),
    look: async (question) => await ask(question.dispatchId, "look", question),
  };
}

interface Fetching {
  readonly client: ExecutionClient;
  readonly blobs: BlobStore;
  readonly onFetch: RemoteCallsOptions["onFetch"];
  readonly dispatchId: string;
}

/** Brings large values to this machine, where its worker processes read them. */
export async function fetchValues(
  values: readonly StoredValue[],
  { client, blobs, onFetch, dispatchId }: Fetching,
): Promise<void> {
  for (const key of new Set(values.map(findBlobKey))) {
    if (key === undefined) continue;
    onFetch(dispatchId, key);
    await blobs.put(key, await client.getBlob(dispatchId, key));
  }
}

/** The values that a dispatch brings with it. */
export function valuesOf({ inputs, items = {} }: Dispatch): readonly StoredValue[] {
  return [...Object.values(inputs), ...Object.values(items)].flatMap((input) => {
    if (input.kind === "value" || input.kind === "item") return [input.value];
    return input.kind === "list" ? input.values : [];
  });
}
