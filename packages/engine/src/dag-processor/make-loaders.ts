import { hostname } from "node:os";
import { join } from "node:path";
import { codeCacheFolder } from "../contained/code-cache.ts";
import { childEnvironment, chosenEnvironment } from "../executors/local/child-environment.ts";
import { WorkerRecords } from "../executors/local/survivors.ts";
import { openDagFileCache, type DagFileCache } from "./dag-file-cache.ts";
import { LoaderPool } from "./loader-pool.ts";

const LOAD_LIMIT_MS = 30_000;
/** Most files load in a few milliseconds; this leaves room for a machine that is busy. */
const SLOW_LOAD_MS = 3_000;
const LOADER_MEMORY_MB = 512;

/** How the code of DAG files may run when it is loaded. */
export interface LoadOptions {
  /** Below it compiled files and code are cached. */
  readonly dataFolder: string;
  /** What DAG files may see of the environment is an allow-list of this. Default nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Names that are allowed besides the usual ones. */
  readonly environmentNames?: readonly string[];
  /** How long loading one file may take. Default 30 s. */
  readonly loadLimitMs?: number;
  /** A file that takes longer than this is waited for no more; it follows when it is loaded. Default 3 s. */
  readonly slowLoadMs?: number;
  /** Heap of a process that loads files. Default 512 MB. */
  readonly loadMemoryMb?: number;
}

/** Processes that load DAG files. They are written down like workers, so that one that is stuck in user code does not outlive Millrace for long (R10). */
export function makeLoaders(options: LoadOptions): LoaderPool {
  const records = new WorkerRecords(options.dataFolder, hostname());
  return new LoaderPool({
    env: childEnvironment(options.environment ?? {}, options.environmentNames ?? []),
    memoryMb: options.loadMemoryMb ?? LOADER_MEMORY_MB,
    timeLimitMs: options.loadLimitMs ?? LOAD_LIMIT_MS,
    slowMs: options.slowLoadMs ?? SLOW_LOAD_MS,
    codeCacheFolder: codeCacheFolder(options.dataFolder, options.environment),
    // A record that cannot be written (a full disk) must not keep DAGs from being loaded.
    onStart: (pid) => void records.add(pid).catch(() => undefined),
    onEnd: (pid) => records.remove(pid),
  });
}

/** What earlier loads with the same options gave. */
export function openCache({ dataFolder, environment = {}, environmentNames = [] }: LoadOptions): DagFileCache {
  return openDagFileCache(join(dataFolder, "dag-files"), chosenEnvironment(environment, environmentNames));
}
