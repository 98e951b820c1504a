import {
  environmentSecrets,
  type CommittedRun,
  type DagProcessor,
  type EngineLog,
  type FaultPoint,
  type SavedDag,
  type Scheduler,
} from "@millrace/engine";
import type { Executor, FoundFile, Queries } from "@millrace/core";
import { openStore, type MillraceStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { openDatabase, type OpenDatabase } from "./open-database.ts";
import { makeProjectProcessor } from "./scan-dags.ts";
import { startEngine } from "./start-engine.ts";

/** What a whole Millrace on one machine is made of. */
export interface SystemOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: EngineLog;
  readonly onCommit?: (runs: readonly CommittedRun[]) => void;
  /** Hears of DAG files once they are saved: all of them first, then those that change. */
  readonly onFiles?: (files: readonly FoundFile[], saved: readonly SavedDag[]) => void;
  /** Progress of the first scan of the DAG folders. */
  readonly onScan?: (done: number, total: number) => void;
  /** Tests only hand this in: the process dies at named points. */
  readonly fault?: (point: FaultPoint) => void;
}

/** A running Millrace. */
export interface RunningSystem {
  readonly store: MillraceStore;
  readonly queries: Queries;
  readonly scheduler: Scheduler;
  readonly executor: Executor;
  readonly processor: DagProcessor;
  readonly database: string;
  /** Stops taking work and waits for what runs, at most `deadlineMs`; what does not end is started again by the next Millrace. */
  stop(options: { readonly deadlineMs: number }): Promise<void>;
  /** Ends what runs at once, also while `stop` waits; it is started again by the next Millrace. */
  stopNow(): Promise<void>;
}

/** Starts database, store, executor, scheduler and DAG processor, in the order in which they need each other. */
export async function runSystem(options: SystemOptions): Promise<RunningSystem> {
  /** How to take down what stands, last first. */
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const database = await openDatabase(options.config, "main");
    ends.unshift(() => database.close());
    return await runOn(database, options, ends);
  } catch (error) {
    for (const end of ends) await end();
    throw error;
  }
}

async function runOn(
  database: OpenDatabase,
  options: SystemOptions,
  ends: (() => Promise<unknown>)[],
): Promise<RunningSystem> {
  const { config, log, env, onFiles, onScan } = options;
  const store = await openStore({
    url: database.url,
    dataFolder: config.core.dataFolder,
    log: (line) => log.warn({}, line),
  });
  ends.unshift(() => store.close());
  const { scheduler, executor } = await startEngine({
    config,
    env,
    log,
    store,
    secrets: environmentSecrets(env),
    ends,
    ...(options.onCommit && { onCommit: options.onCommit }),
    ...(options.fault && { fault: options.fault }),
  });
  const processor = makeProjectProcessor({
    config,
    env,
    log,
    store: store.engine,
    onFiles: (files, saved) => {
      scheduler.dagsChanged();
      onFiles?.(files, saved);
    },
    ...(onScan && { onScan }),
  });
  ends.unshift(() => processor.stop());
  await processor.start();
  let stopped: Promise<void> | undefined;
  const stop = async (deadlineMs: number): Promise<void> => {
    await processor.stop();
    scheduler.drain();
    await executor.drain(deadlineMs);
    await scheduler.settle();
    for (const end of ends) await end();
  };
  return {
    store,
    queries: store.queries,
    scheduler,
    executor,
    processor,
    database: database.name,
    stop: ({ deadlineMs }) => (stopped ??= stop(deadlineMs)),
    stopNow: async () => {
      stopped ??= stop(0);
      await executor.close();
      await stopped;
    },
  };
}
