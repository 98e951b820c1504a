import { MillraceError, type Answer } from "@millrace/core";
import type { Caller } from "../access/caller.ts";

/** Who sends a command, as runs and the audit name them. */
export function byOf({ kind, name }: Caller): string {
  return `${kind}:${name}`;
}

/** What became of a command. @throws MillraceError with the code of the refusal */
export function resultOf(answer: Answer): Extract<Answer, { ok: true }> {
  if (answer.ok) return answer;
  throw new MillraceError(answer.code, answer.message);
}
