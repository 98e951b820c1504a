import type { Terminal } from "./terminal.ts";

/** A signal ended a command before it was done. */
export class StoppedBySignal extends Error {
  constructor() {
    super("stopped before it was done");
  }
}

/** A wish to stop that is heard, so that a command can clean up behind it. */
export interface Stopping {
  /** Aborted when the first signal comes. */
  readonly signal: AbortSignal;
  /** As a signal does. */
  stop(): void;
  /** Waits for work, but not beyond a signal. @throws StoppedBySignal */
  race<T>(work: () => Promise<T>): Promise<T>;
  /** Hears no more: the next signal ends the process. */
  end(): void;
}

/** Hears SIGINT, SIGTERM and SIGHUP until it is ended. */
export function hearStop(terminal: Pick<Terminal, "onStopSignal">): Stopping {
  const controller = new AbortController();
  const { signal } = controller;
  const stop = (): void => {
    end();
    controller.abort(new StoppedBySignal());
  };
  const end = terminal.onStopSignal(stop);
  return {
    signal,
    stop,
    async race(work) {
      signal.throwIfAborted();
      const aborted = Promise.withResolvers<never>();
      const onAbort = (): void => aborted.reject(new StoppedBySignal());
      signal.addEventListener("abort", onAbort);
      try {
        return await Promise.race([work(), aborted.promise]);
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
    end,
  };
}
