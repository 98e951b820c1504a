import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { sayCounts } from "../follow-backfill.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";

const VERBS = {
  pause: {
    state: "paused",
    description: "make no more runs for now; runs that have begun go on",
    said: "is paused: runs that have begun go on",
  },
  unpause: { state: "running", description: "go on with a paused backfill", said: "goes on" },
  cancel: {
    state: "cancelled",
    description: "make no more runs for good; runs that have begun go on",
    said: "is cancelled: runs that have begun go on",
  },
} as const;

/** `millrace backfill pause|unpause|cancel ID`. */
export function makeBackfillSetState(shell: Shell, verb: keyof typeof VERBS): Command {
  const { state, description, said } = VERBS[verb];
  return makeCommand(verb, description)
    .argument("<id>", "number of the backfill, as `backfill list` shows it")
    .action(
      action(shell, async (context, [id]: [string]) => {
        const backfillId = readBackfillId(id);
        const backfill = await withDatabase(context, ({ queries }) => queries.setBackfillState(backfillId, state));
        context.terminal.say(`The backfill ${backfillId} of ${backfill.dagId} ${said} (${sayCounts(backfill)}).`);
      }),
    );
}

/** @throws MillraceError BAD_ARGUMENT */
export function readBackfillId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new MillraceError("BAD_ARGUMENT", `"${text}" is no number of a backfill`, {
    details: { hint: "`millrace backfill list` shows all." },
  });
}
