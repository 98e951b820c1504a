import type { Command } from "commander";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { poolRow } from "../output/pool-row.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace pools list`: all pools. */
export function makePoolsList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list all pools")).action(
    action(shell, async (context, _args: [], options: RowsOptions) => {
      const pools = await withDatabase(context, ({ queries }) => queries.listPools());
      printRows(context.terminal, pools.map(poolRow), { ...options, empty: "There are no pools." });
    }),
  );
}
