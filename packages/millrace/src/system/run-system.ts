import type { FoundFile } from "@millrace/core";
import type { DagProcessor, SavedDag } from "@millrace/engine";
import { ensureFirstUser, type FirstLogin } from "./ensure-first-user.ts";
import { openDatabase } from "./open-database.ts";
import { startScheduling, type RunningScheduler, type SchedulingOptions } from "./run-scheduler.ts";
import { publishProcessor } from "./publish-processor.ts";
import { makeProjectProcessor } from "./scan-dags.ts";
import { ServerProcess, type ServerProcessOptions } from "./server-process.ts";

/** What a whole Millrace on one machine is made of. */
export interface SystemOptions extends SchedulingOptions {
  /** Hears of DAG files once they are saved: all of them first, then those that change. */
  readonly onFiles?: (files: readonly FoundFile[], saved: readonly SavedDag[]) => void;
  /** Progress of the first scan of the DAG folders. */
  readonly onScan?: (done: number, total: number) => void;
  /** Serves the API, too; absent = it is not served. */
  readonly server?: Pick<ServerProcessOptions, "onLog" | "onRestart">;
}

/** A running Millrace. */
export interface RunningSystem extends RunningScheduler {
  readonly processor: DagProcessor;
  /** Where the API is served. */
  readonly serverUrl?: string;
  /** How to log in there as the user that was made because there was none. */
  readonly firstLogin?: FirstLogin;
}

/** Starts database, store, executor, scheduler, DAG processor and server, in the order in which they need each other. */
export async function runSystem(options: SystemOptions): Promise<RunningSystem> {
  const { config, log, env, onFiles, onScan } = options;
  /** How to take down what stands, last first. */
  const ends: (() => Promise<unknown>)[] = [];
  let processor: DagProcessor | undefined;
  const server =
    options.server && new ServerProcess({ projectFolder: config.projectFolder, env: options.env, ...options.server });
  // Its modules load while the database starts.
  server?.prepare();
  try {
    const database = await openDatabase(config, "main");
    ends.unshift(() => database.close());
    const running = await startScheduling(database, options, { ends, beforeStop: async () => processor?.stop() });
    const { scheduler, store } = running;
    processor = makeProjectProcessor({
      config,
      env,
      log,
      store: store.engine,
      requests: store.parseRequests,
      onFiles: (files, saved) => {
        scheduler.dagsChanged();
        onFiles?.(files, saved);
      },
      ...(onScan && { onScan }),
    });
    const firstLogin = options.server && (await ensureFirstUser(running.store.accounts, config));
    ends.unshift(() => processor?.stop() ?? Promise.resolve());
    ends.unshift(() => server?.stop() ?? Promise.resolve());
    ends.unshift(publishProcessor(processor, store, log));
    // It comes up while the files are read.
    const [serverUrl] = await Promise.all([server?.start(), processor.start()]);
    return { ...running, processor, ...(serverUrl !== undefined && { serverUrl }), ...(firstLogin && { firstLogin }) };
  } catch (error) {
    for (const end of ends) await end();
    await server?.stop();
    throw error;
  }
}
