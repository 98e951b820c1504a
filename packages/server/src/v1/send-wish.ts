import { MillraceError, type Answer, type Command, type ErrorCode } from "@millrace/core";
import type { Caller } from "../access/caller.ts";
import type { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";

/** A command about a DAG, on behalf of a caller. */
export interface Wish {
  readonly dagId: string;
  readonly command: Command;
  readonly caller: Caller;
}

/** What API v1 says when a command is refused, by the code of the refusal. */
export type Refusals = Partial<Record<ErrorCode, (message: string) => Problem>>;

/** Who sends a command, as runs and notes keep it. */
export function byOf({ kind, name }: Caller): string {
  return `${kind}:${name}`;
}

/** Sends a command and waits until it is carried out. @throws Problem what `refusals` says; MillraceError for other refusals */
export async function sendWish(
  { commands }: Pick<ServerPorts, "commands">,
  { dagId, command, caller }: Wish,
  refusals: Refusals = {},
): Promise<Extract<Answer, { readonly ok: true }>> {
  const answer = await commands.send(dagId, command, byOf(caller));
  if (answer.ok) return answer;
  throw refusals[answer.code]?.(answer.message) ?? new MillraceError(answer.code, answer.message);
}
