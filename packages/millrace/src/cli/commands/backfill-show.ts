import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { backfillRow } from "../output/backfill-row.ts";
import { printRecord } from "../output/print-rows.ts";
import { readBackfillId } from "./backfill-set-state.ts";

/** `millrace backfill show ID`: all of one backfill. */
export function makeBackfillShow(shell: Shell): Command {
  return addRowsOptions(makeCommand("show", "show a backfill and how far it has come"))
    .alias("get")
    .argument("<id>", "number of the backfill, as `backfill list` shows it")
    .action(
      action(shell, async (context, [id]: [string], options: RowsOptions) => {
        const backfillId = readBackfillId(id);
        const found = await withDatabase(context, ({ queries }) => queries.findBackfill(backfillId));
        if (!found)
          throw new MillraceError("NOT_FOUND", `there is no backfill ${backfillId}`, {
            details: { hint: "`millrace backfill list` shows all." },
          });
        const { reverse, conf, taskIds } = found;
        printRecord(context.terminal, { ...backfillRow(found), reverse, conf, tasks: taskIds ?? null }, options);
      }),
    );
}
