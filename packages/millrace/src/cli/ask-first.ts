import type { ExitCode } from "./run-action.ts";
import type { Terminal } from "./terminal.ts";

/** A question before something that cannot be undone. */
export interface Question {
  /** `--yes` was given. */
  readonly yes: boolean;
  /** For example `Delete the pool heavy?`. */
  readonly question: string;
  /** What is said when the answer is no, without its full stop: `Nothing was deleted`. */
  readonly otherwise: string;
}

/**
 * Asks before something that cannot be undone, unless it was said beforehand.
 *
 * @returns undefined for go on; else the exit code: 1 for a no, 2 where nobody can be asked.
 */
export async function askFirst(terminal: Terminal, { yes, question, otherwise }: Question): Promise<ExitCode | void> {
  if (yes || (await terminal.confirm(question))) return undefined;
  terminal.say(terminal.isInteractive ? `${otherwise}.` : `${otherwise}: without a terminal to ask, say --yes.`);
  return terminal.isInteractive ? 1 : 2;
}
