import { DEFAULT_RULES, type BlobStore, type BuiltDag, type WorkerCalls } from "@millrace/core";
import { captureOutput } from "../worker/capture-output.ts";
import { ListCache } from "../worker/list-cache.ts";
import { SecretMask } from "../worker/secret-mask.ts";
import type { WorkerTools } from "../worker/worker-tools.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What tries in this process work with. */
export interface InProcessToolsOptions {
  readonly clock: VirtualClock;
  /** By DAG id. */
  readonly dags: ReadonlyMap<string, BuiltDag>;
  readonly calls: Omit<WorkerCalls, "bundle">;
  readonly blobs: BlobStore;
  readonly pause: WorkerTools["pause"];
}

/** The bounds of a local worker, as they are by default. Logs have none: they are kept as lines. */
const LIMITS: WorkerTools["limits"] = {
  graceMs: 5_000,
  inlineBytes: 8_192,
  maxResultBytes: 64 * 1_048_576,
  bundles: 0,
  logSegmentBytes: 0,
  logBurstLines: 0,
  logLinesPerSecond: 0,
  logMaxBytes: 0,
};

/** The tools of a worker without a process: DAGs are those of the test itself, nothing is loaded. */
export function inProcessTools({ clock, dags, calls, blobs, pause }: InProcessToolsOptions): WorkerTools {
  captureOnce();
  const find = ({ dagId }: { readonly dagId: string }): BuiltDag => {
    const dag = dags.get(dagId);
    if (dag === undefined) throw new Error(`the test has no DAG ${dagId}`);
    return dag;
  };
  return {
    client: { ...calls, bundle: (hash) => Promise.reject(new Error(`a DAG of a test has no bundle (${hash})`)) },
    clock,
    bundles: { find, load: async (wanted) => find(wanted) },
    secrets: new SecretMask(),
    limits: LIMITS,
    rules: DEFAULT_RULES,
    blobs,
    lists: new ListCache(blobs),
    templates: new Map(),
    pause,
  };
}

let isCaptured = false;

/** Once per process: what is printed outside of bodies goes where it went before, so there is nothing to undo. */
function captureOnce(): void {
  if (isCaptured) return;
  isCaptured = true;
  captureOutput();
}
