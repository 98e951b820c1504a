import type { CommittedRun, EngineLog, FaultPoint, Scheduler } from "@millrace/engine";
import type { Executor, Queries } from "@millrace/core";
import { openStore, type MillraceStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { openDatabase, type OpenDatabase } from "./open-database.ts";
import { makeSecrets } from "./secrets/make-secrets.ts";
import { startEngine } from "./start-engine.ts";

/** What a scheduler and its executor are made with. */
export interface SchedulingOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: EngineLog;
  readonly onCommit?: (runs: readonly CommittedRun[]) => void;
  /** Tests only hand this in: the process dies at named points. */
  readonly fault?: (point: FaultPoint) => void;
}

/** A scheduler that runs, with its workers. */
export interface RunningScheduler {
  readonly store: MillraceStore;
  readonly queries: Queries;
  readonly scheduler: Scheduler;
  readonly executor: Executor;
  readonly database: string;
  /** Stops taking work and waits for what runs, at most `deadlineMs`; what does not end is started again by the next Millrace. */
  stop(options: { readonly deadlineMs: number }): Promise<void>;
  /** Ends what runs at once, also while `stop` waits; it is started again by the next Millrace. */
  stopNow(): Promise<void>;
}

/** Starts a scheduler and its executor on the project's database, which others may use as well: DAG processors, and other schedulers (R5, R10). */
export async function runScheduler(options: SchedulingOptions): Promise<RunningScheduler> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const database = await openDatabase(options.config, "command");
    ends.unshift(() => database.close());
    return await startScheduling(database, options, { ends });
  } catch (error) {
    for (const end of ends) await end();
    throw error;
  }
}

/**
 * Starts store, executor and scheduler on an open database.
 *
 * @param how.ends how to take down what stands, last first; what is started here is put in front. @param how.beforeStop comes first when it is stopped.
 */
export async function startScheduling(
  database: OpenDatabase,
  { config, log, env, onCommit, fault }: SchedulingOptions,
  how: { readonly ends: (() => Promise<unknown>)[]; readonly beforeStop?: () => Promise<void> },
): Promise<RunningScheduler> {
  const { ends, beforeStop } = how;
  const store = await openStore({
    url: database.url,
    dataFolder: config.core.dataFolder,
    secretKeys: config.security.secretKeys,
    log: (line) => log.warn({}, line),
  });
  ends.unshift(() => store.close());
  const { scheduler, executor } = await startEngine({
    config,
    env,
    log,
    store,
    secrets: makeSecrets(config, { env, database: store.engine }),
    ends,
    ...(onCommit && { onCommit }),
    ...(fault && { fault }),
  });
  let stopped: Promise<void> | undefined;
  const stop = async (deadlineMs: number): Promise<void> => {
    await beforeStop?.();
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
    database: database.name,
    stop: ({ deadlineMs }) => (stopped ??= stop(deadlineMs)),
    stopNow: async () => {
      stopped ??= stop(0);
      await executor.close();
      await stopped;
    },
  };
}
