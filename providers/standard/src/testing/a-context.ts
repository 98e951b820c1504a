import {
  Deferral,
  formatInstant,
  parseInstant,
  type Context,
  type DagAccess,
  type DeferRequest,
  type Log,
} from "@millrace/core";

/** A line that an operator logged. */
export interface LoggedLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly source: string;
  readonly message: string;
  readonly fields?: object;
}

/** A context with what was logged in it. */
export type TestContext = Context & { readonly logged: readonly LoggedLine[] };

/** The context of a first try at noon of 2025-10-02 UTC, of a run for 2025-10-01. */
export function aContext(over: Partial<Context> = {}): TestContext {
  const logged: LoggedLine[] = [];
  const start = "2025-10-01T00:00:00+00:00";
  const context: Partial<Context> = {
    dagId: "orders",
    runId: `scheduled__${start}`,
    runType: "scheduled",
    logicalDate: start,
    dataInterval: { start, end: "2025-10-02T00:00:00+00:00" },
    params: {},
    conf: {},
    taskId: "t",
    mapIndex: -1,
    tryNumber: 1,
    maxTries: 1,
    tryId: "1/t/-1/1",
    log: aLog(logged, "task"),
    signal: new AbortController().signal,
    fetch,
    now: () => formatInstant(parseInstant("2025-10-02T12:00:00Z")),
    ...over,
  };
  return { ...(context as Context), logged };
}

/** Access to other DAGs that only answers what the test says. */
export function someDags(over: Partial<DagAccess>): DagAccess {
  const refuse = (name: string) => async (): Promise<never> => {
    throw new Error(`the test answers no ${name}`);
  };
  return {
    trigger: refuse("trigger"),
    clear: refuse("clear"),
    stateOf: refuse("stateOf"),
    look: refuse("look"),
    ...over,
  };
}

/** What a body defers to. */
export async function deferralOf(body: () => unknown): Promise<DeferRequest> {
  try {
    await body();
  } catch (error) {
    if (error instanceof Deferral) return error.request;
    throw error;
  }
  throw new Error("it did not defer");
}

function aLog(logged: LoggedLine[], source: string): Log {
  const at =
    (level: LoggedLine["level"]) =>
    (message: string, fields?: object): void =>
      void logged.push({ level, source, message, ...(fields && { fields }) });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    from: (other) => aLog(logged, other),
  };
}
