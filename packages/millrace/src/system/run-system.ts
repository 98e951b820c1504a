import { hostname } from "node:os";
import {
  createClock,
  createDagProcessor,
  createLocalExecutor,
  createWorkerCalls,
  environmentSecrets,
  processStartedAt,
  Scheduler,
  type CommittedRun,
  type DagProcessor,
  type EngineLog,
  type FaultPoint,
} from "@millrace/engine";
import type { Executor, Queries } from "@millrace/core";
import { openStore, type MillraceStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { openDatabase } from "./open-database.ts";

/** What a whole Millrace on one machine is made of. */
export interface SystemOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: EngineLog;
  readonly onCommit?: (runs: readonly CommittedRun[]) => void;
  /** Tests only hand this in: the process dies at named points. */
  readonly fault?: (point: FaultPoint) => void;
  /** Progress of the first scan of the DAG folders. */
  readonly onScan?: (done: number, total: number) => void;
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
}

/** Starts database, store, executor, scheduler and DAG processor, in the order in which they need each other. */
export async function runSystem(options: SystemOptions): Promise<RunningSystem> {
  const database = await openDatabase(options.config, "main");
  try {
    return await runOn(database, options);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function runOn(database: Awaited<ReturnType<typeof openDatabase>>, options: SystemOptions): Promise<RunningSystem> {
  const { config, log, env } = options;
  const store = await openStore({ url: database.url, dataFolder: config.core.dataFolder });
  const clock = createClock();
  const sentAt = clock.monotonicMs();
  clock.correct(await store.engine.now(), sentAt);
  const box: { scheduler?: Scheduler } = {};
  const executor = await createLocalExecutor({
    dataFolder: config.core.dataFolder,
    calls: createWorkerCalls({ store: store.engine, runOf: (dispatchId) => box.scheduler?.runOf(dispatchId), secrets: environmentSecrets(env) }),
    report: (reports) => box.scheduler?.report(reports),
    clock,
    environment: env,
    environmentNames: config.executor.environment,
    concurrency: config.executor.concurrency,
    workers: config.executor.workers,
    memoryMb: config.executor.memoryMb,
    graceMs: config.executor.graceMs,
  });
  const scheduler = new Scheduler({
    store: store.engine,
    executor,
    clock,
    log,
    host: hostname(),
    pid: process.pid,
    pidStartedAt: (await processStartedAt(process.pid)) ?? "",
    ...(options.onCommit && { onCommit: options.onCommit }),
    ...(options.fault && { fault: options.fault }),
  });
  box.scheduler = scheduler;
  const processor = createDagProcessor({
    folders: config.core.dagFolders,
    dataFolder: config.core.dataFolder,
    save: async (files, { complete }) => {
      const saved = await store.engine.saveFiles(files, { complete, pausedUponCreation: config.core.pausedUponCreation });
      scheduler.dagsChanged();
      return saved;
    },
    log,
    ...(options.onScan && { onScan: options.onScan }),
  });
  await scheduler.start();
  await processor.start();
  let stopped: Promise<void> | undefined;
  const stop = async (deadlineMs: number): Promise<void> => {
    await processor.stop();
    scheduler.drain();
    await executor.drain(deadlineMs);
    await scheduler.settle();
    await scheduler.stop();
    await executor.close();
    await store.close();
    await database.close();
  };
  return {
    store,
    queries: store.queries,
    scheduler,
    executor,
    processor,
    database: database.name,
    stop: ({ deadlineMs }) => (stopped ??= stop(deadlineMs)),
  };
}
