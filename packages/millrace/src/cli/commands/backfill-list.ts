import type { BackfillInfo } from "@millrace/core";
import type { Command } from "commander";
import { allPages } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { backfillRow } from "../output/backfill-row.ts";
import { printRows } from "../output/print-rows.ts";

interface Options extends RowsOptions {
  readonly open?: true;
}

/** `millrace backfill list [DAG]`: backfills and how far they have come, the newest first. */
export function makeBackfillList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list backfills and how far they have come, the newest first"))
    .argument("[dag_id]", "only those of this DAG")
    .option("--open", "only those that are running or paused")
    .action(
      action(shell, async (context, [dagId]: [string | undefined], options: Options) => {
        const found: BackfillInfo[] = [];
        await withDatabase(context, async ({ queries }) => {
          const wanted = dagId === undefined ? {} : { dagId };
          for await (const backfill of allPages((request) => queries.listBackfills({ ...request, ...wanted })))
            if (!options.open || backfill.state === "running" || backfill.state === "paused") found.push(backfill);
        });
        const empty = `There are no ${options.open ? "open " : ""}backfills${dagId === undefined ? "" : ` of ${dagId}`}.`;
        printRows(context.terminal, found.map(backfillRow), { ...options, empty });
      }),
    );
}
