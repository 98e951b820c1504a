import type { Command } from "commander";
import { getPool } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { poolRow } from "../output/pool-row.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace pools delete POOL`: prints what it was, so that it can be made again. */
export function makePoolsDelete(shell: Shell): Command {
  return addRowsOptions(makeCommand("delete", "delete a pool; tasks that name it wait until there is one again"))
    .argument("<pool>")
    .action(
      action(shell, async (context, [name]: [string], options: RowsOptions) => {
        const pool = await withDatabase(context, async (project) => {
          const found = await getPool(project, name);
          await project.queries.deletePool(name);
          return found;
        });
        printRows(context.terminal, [poolRow(pool)], { ...options, empty: "" });
      }),
    );
}
