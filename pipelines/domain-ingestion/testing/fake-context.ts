import type { Context, Log } from "millrace";

/** A line that a task logged. */
export interface LoggedLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: object;
}

/** A context of a first try that keeps what was logged; only what the operators of this pipeline use is in it. */
export function fakeContext(over: Partial<Context> = {}): Context & { readonly logged: readonly LoggedLine[] } {
  const logged: LoggedLine[] = [];
  const write =
    (level: LoggedLine["level"]) =>
    (message: string, fields: object = {}): void =>
      void logged.push({ level, message, fields });
  const log: Log = {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    from: () => log,
  };
  const context = {
    dagId: "d",
    runId: "manual__2025-10-01T00:00:00+00:00",
    taskId: "t",
    mapIndex: -1,
    logicalDate: "2025-10-01T00:00:00+00:00",
    log,
    signal: new AbortController().signal,
    ...over,
  };
  return { ...(context as Context), logged };
}
