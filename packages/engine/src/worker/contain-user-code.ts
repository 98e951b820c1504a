import { subscribe } from "node:diagnostics_channel";
import type { ChildProcess } from "node:child_process";
import { causeOf } from "./outcome-of.ts";
import { tryScope } from "./try-scope.ts";

/** Thrown where user code calls `process.exit`, which must not return. */
class ExitCalled extends Error {
  override readonly name = "ExitCalled";
}

/**
 * Keeps what user code does beside its own promise inside its try: `process.exit`, errors in timers and events, promises that nobody awaits,
 * and processes that it starts.
 *
 * @param onTainted is told of errors that belong to no try.
 */
export function containUserCode(onTainted: (message: string) => void): void {
  const exit = process.exit.bind(process);
  process.exit = (code?: number | string | null): never => {
    const scope = tryScope.getStore();
    if (scope === undefined) return exit(code);
    const message = `its code called process.exit(${code ?? ""}); return or throw instead, other tasks share the process`;
    scope.fail({ code: "EXITED", message, stack: new Error(message).stack ?? "" });
    throw new ExitCalled(message);
  };
  const stray = (error: unknown, how: string): void => {
    if (error instanceof ExitCalled) return;
    const scope = tryScope.getStore();
    const cause = causeOf(error);
    if (scope === undefined) onTainted(`${how}: ${cause.stack ?? cause.message}`);
    else scope.fail({ ...cause, message: `${how}: ${cause.message}` });
  };
  process.on("uncaughtException", (error) =>
    stray(error, "an error was thrown outside the task's own promise (in a timer or event)"),
  );
  process.on("unhandledRejection", (error) => stray(error, "a promise that nobody awaits was rejected"));
  subscribe("child_process", (message) => {
    const scope = tryScope.getStore();
    const child = (message as { readonly process: ChildProcess }).process;
    if (scope === undefined) return;
    scope.children.add(child);
    child.once("exit", () => scope.children.delete(child));
    child.once("error", () => scope.children.delete(child));
  });
}
