import type { Command } from "commander";
import { addCodeOptions, sayNotNeeded } from "../dagster-options.ts";
import { listDagRows } from "../list-dag-rows.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";

/** `millrace job list`: Dagster's form of `millrace dags list`. */
export function makeJobList(shell: Shell): Command {
  return addCodeOptions(addRowsOptions(makeCommand("list", "list all DAGs"))).action(
    action(shell, async (context, _args: [], options: RowsOptions) => {
      sayNotNeeded(context.terminal, options);
      await listDagRows(context, { ...options, includeInactive: false });
    }),
  );
}
