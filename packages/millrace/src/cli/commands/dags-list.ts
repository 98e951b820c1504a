import type { Command } from "commander";
import { listDagRows } from "../list-dag-rows.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";

/** `millrace dags list`: all DAGs. */
export function makeDagsList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list all DAGs"))
    .option("--all", "also those whose file is gone")
    .action(
      action(shell, (context, _args: [], { all, ...print }: RowsOptions & { readonly all?: true }) =>
        listDagRows(context, { ...print, includeInactive: all === true }),
      ),
    );
}
