import { ERROR_TABLE, isMillraceError, type MillraceError } from "@millrace/core";
import { StoppedBySignal } from "./hear-stop.ts";
import { nameProgram } from "./name-program.ts";
import type { Terminal } from "./terminal.ts";

/** What a command ends with: 0 ok, 1 failed, 2 wrong use, 3 not reachable. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Runs a command's work; an error becomes a sentence, a hint, a code, and an exit code (docs/reference/errors.md). */
export async function runAction(
  terminal: Terminal,
  work: () => Promise<ExitCode | void>,
  options: { readonly debug: boolean },
): Promise<ExitCode> {
  try {
    return (await work()) ?? 0;
  } catch (error) {
    terminal.status("");
    if (error instanceof StoppedBySignal) {
      terminal.say("stopped");
      return 1;
    }
    return printError(terminal, error, options);
  }
}

/** Says what went wrong. @returns the exit code that the error table names. */
export function printError(terminal: Terminal, error: unknown, { debug }: { readonly debug: boolean }): ExitCode {
  const paint = terminal.paintTalk;
  if (isMillraceError(error)) {
    terminal.say(`${paint.red("error")}: ${nameProgram(sentence(error), terminal)}`);
    const { hint } = error.details;
    if (typeof hint === "string") terminal.say(`  ${nameProgram(hint, terminal)}`);
    terminal.say(paint.dim(`  (${error.code})`));
    if (debug) terminal.say(paint.dim(stackOf(error)));
    return ERROR_TABLE[error.code].exitCode;
  }
  terminal.say(`${paint.red("error")}: a bug in Millrace: ${error instanceof Error ? error.message : String(error)}`);
  if (debug) terminal.say(paint.dim(stackOf(error)));
  else terminal.say("  Run the same command with --debug for where it happened.");
  return 1;
}

function sentence(error: MillraceError): string {
  const text = error.message.trim();
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
