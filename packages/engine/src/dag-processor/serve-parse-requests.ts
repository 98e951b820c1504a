import { hostname } from "node:os";
import type { ParseRequests } from "@millrace/core";
import type { EngineLog } from "../scheduler/tick-state.ts";

/** What serving wishes to read files again needs. */
export interface ParseServing {
  readonly requests: ParseRequests;
  readonly log: EngineLog;
  /** Reads those of the files that there are and saves them. @returns the ones that there are */
  readonly reread: (files: ReadonlySet<string>) => Promise<readonly string[]>;
}

/**
 * Reads DAG files again when somebody asks for it, and says that this processor lives. Wishes for files that are not here are left to other processors.
 * One look at a time; wake-ups meanwhile make one more look.
 *
 * @returns stop; it waits for a look that is under way
 */
export async function serveParseRequests({ requests, log, reread }: ParseServing): Promise<() => Promise<void>> {
  const self = { host: hostname(), pid: process.pid };
  let looking: Promise<void> | undefined;
  let isWoken = false;
  const look = async (): Promise<void> => {
    try {
      const files = await requests.open(self);
      const read = files.length === 0 ? [] : await reread(new Set(files));
      if (read.length > 0) await requests.done(read);
    } catch (error) {
      // The wishes are still there with the next wake-up.
      log.warn({ error: String(error) }, "files asked for could not be read again");
    }
  };
  const lookUntilIdle = async (): Promise<void> => {
    while (isWoken) {
      isWoken = false;
      await look();
    }
    looking = undefined;
  };
  const wake = (): void => {
    isWoken = true;
    looking ??= lookUntilIdle();
  };
  const stopListening = await requests.listen(wake);
  wake();
  return async () => {
    await stopListening();
    isWoken = false;
    await looking;
    await requests.leave(self).catch((error: unknown) => log.warn({ error: String(error) }, "could not say goodbye"));
  };
}
