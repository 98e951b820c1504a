import type { Command } from "commander";
import { getPool } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { poolRow } from "../output/pool-row.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace pools get POOL`. */
export function makePoolsGet(shell: Shell): Command {
  return addRowsOptions(makeCommand("get", "show one pool"))
    .argument("<pool>")
    .action(
      action(shell, async (context, [name]: [string], options: RowsOptions) => {
        const pool = await withDatabase(context, (project) => getPool(project, name));
        printRows(context.terminal, [poolRow(pool)], { ...options, empty: "" });
      }),
    );
}
