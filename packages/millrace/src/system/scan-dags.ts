import type { EngineStore, FoundFile, ParseRequests } from "@millrace/core";
import { createDagProcessor, type DagProcessor, type EngineLog, type SavedDag } from "@millrace/engine";
import type { Config } from "../config.ts";
import { keepDagNames } from "./dag-names.ts";
import { schedulesSourceOf } from "./schedules-source.ts";

/** What a DAG processor of a project is made with. */
export interface ProjectProcessorOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: EngineLog;
  readonly store: EngineStore;
  /** Wishes that files be read again. */
  readonly requests?: ParseRequests;
  /** Hears of files once they are saved. */
  readonly onFiles?: (files: readonly FoundFile[], saved: readonly SavedDag[]) => void;
  readonly onScan?: (done: number, total: number) => void;
  /** Hears of files that take long to load. */
  readonly onSlow?: (file: string) => void;
  /** The DAGs that {@link scanDags} is to find; slow files that are not needed for it are left out. Default: all there are. */
  readonly dagIds?: readonly string[];
}

/** The DAG processor of a project; it saves into the store. */
export function makeProjectProcessor({
  config,
  env,
  log,
  store,
  requests,
  onFiles,
  onScan,
  onSlow,
  dagIds,
}: ProjectProcessorOptions): DagProcessor {
  const schedules = schedulesSourceOf(config);
  return createDagProcessor({
    ...(schedules && { schedules }),
    folders: config.core.dagFolders,
    dataFolder: config.core.dataFolder,
    log,
    environment: env,
    environmentNames: config.executor.environment,
    save: async (files, { complete }) => {
      const saved = await store.saveFiles(files, { complete, pausedUponCreation: config.core.pausedUponCreation });
      await keepDagNames(config.core.dataFolder, files, { complete });
      onFiles?.(files, saved);
      return saved;
    },
    ...(requests && { requests }),
    ...(onScan && { onScan }),
    ...(onSlow && { onSlow }),
    ...(dagIds && { dagIds }),
  });
}

/** Reads the DAG files of a project once, so that the store knows them as they are now. What is being loaded when `signal` aborts is given up. */
export async function scanDags({
  signal,
  ...options
}: ProjectProcessorOptions & { readonly signal: AbortSignal }): Promise<void> {
  const processor = makeProjectProcessor(options);
  signal.addEventListener("abort", () => void processor.stop());
  try {
    await processor.scanOnce();
  } finally {
    await processor.stop();
  }
}
