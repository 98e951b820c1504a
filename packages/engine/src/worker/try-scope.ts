import { AsyncLocalStorage } from "node:async_hooks";
import type { ChildProcess } from "node:child_process";
import type { Cause } from "@millrace/core";
import type { TryLog } from "../logs/try-log.ts";
import type { LogLevel } from "../logs/log-line.ts";

/** Whatever runs user code: a try or a callback. What it prints, starts, throws into the void or exits is told apart by it. */
export interface TryScope {
  readonly id: string;
  readonly log: Pick<TryLog, "write" | "flush" | "end">;
  readonly controller: AbortController;
  /** W3C trace context for programs that it starts, where somebody traces. */
  traceparent?: string;
  /** Processes that it has started. */
  readonly children: Set<ChildProcess>;
  /** Its line-buffered output, per stream. */
  readonly partial: { stdout: string; stderr: string };
  /** Ends it as failed, from outside its own promise. Later ends of it are ignored. */
  readonly fail: (cause: Cause) => void;
}

/** The scope of the code that runs now, found through all its awaits, timers and events. */
export const tryScope = new AsyncLocalStorage<TryScope>();

/** Adds a line to the log of a scope. */
export function writeLine(
  scope: TryScope,
  line: {
    readonly level: LogLevel;
    readonly source: string;
    readonly msg: string;
    readonly fields?: Readonly<Record<string, unknown>>;
  },
): void {
  if (scope.log.write(line.level, line.source, line.msg, line.fields)) scope.log.flush();
}
