import { formatWithOptions } from "node:util";
import type { LogLevel } from "../logs/log-line.ts";
import { tryScope, writeLine, type TryScope } from "./try-scope.ts";

const CONSOLE_LEVELS = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
  trace: "debug",
} as const satisfies Record<string, LogLevel>;
const LONGEST_PARTIAL = 65_536;

/** Sends what user code prints with `console` and to stdout and stderr to the log of its try. What belongs to no try goes where it went before. */
export function captureOutput(): void {
  for (const [method, level] of Object.entries(CONSOLE_LEVELS) as [keyof typeof CONSOLE_LEVELS, LogLevel][]) {
    const original = console[method].bind(console);
    console[method] = (...values: unknown[]) => {
      const scope = tryScope.getStore();
      if (scope === undefined) original(...values);
      else
        writeLine(scope, {
          level,
          source: "console",
          msg:
            typeof values[0] === "string" && values.length === 1
              ? values[0]
              : formatWithOptions({ colors: false }, ...values),
        });
    };
  }
  captureStream("stdout", "info");
  captureStream("stderr", "warn");
}

/** Writes what was printed without a line end. */
export function flushPartial(scope: TryScope): void {
  for (const [name, level] of [
    ["stdout", "info"],
    ["stderr", "warn"],
  ] as const) {
    if (scope.partial[name] !== "") writeLine(scope, { level, source: name, msg: scope.partial[name] });
    scope.partial[name] = "";
  }
}

function captureStream(name: "stdout" | "stderr", level: LogLevel): void {
  const stream = process[name];
  const original = stream.write.bind(stream) as (...given: readonly unknown[]) => boolean;
  stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const scope = tryScope.getStore();
    if (scope === undefined) return original(chunk, ...rest);
    const text = scope.partial[name] + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    const lines = text.split("\n");
    scope.partial[name] = lines.pop() ?? "";
    for (const msg of lines) writeLine(scope, { level, source: name, msg });
    if (scope.partial[name].length > LONGEST_PARTIAL) flushPartial(scope);
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
}
