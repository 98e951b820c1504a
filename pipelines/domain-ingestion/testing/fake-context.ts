import type { Context, Log } from "millrace";

/** A line that a task logged. */
export interface LoggedLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: object;
}

/** A context of a first try that keeps what was logged; only what the operators of this pipeline use is in it. */
export function fakeContext(
  over: Partial<Context> = {},
): Context & { readonly logged: readonly LoggedLine[]; readonly pushed: Readonly<Record<string, unknown>> } {
  const pushed: Record<string, unknown> = {};
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
    fetch: globalThis.fetch,
    xcom: { push: (key: string, value: unknown) => void (pushed[key] = value) } as Context["xcom"],
    ...over,
  };
  return { ...(context as Context), logged, pushed };
}
