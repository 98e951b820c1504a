import type { Command } from "commander";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { printRows } from "../output/print-rows.ts";
import { shownFile } from "../shown-file.ts";

/** `millrace dags list-import-errors`: DAG files that cannot be loaded. Exit code 1 when there are any. */
export function makeDagsListImportErrors(shell: Shell): Command {
  return addRowsOptions(
    makeCommand("list-import-errors", "list DAG files that cannot be loaded; exit code 1 when there are any"),
  ).action(
    action(shell, async (context, _args: [], options: RowsOptions) => {
      const errors = await withProject(context, ({ queries }) => queries.listImportErrors());
      const rows = errors.map(({ file, line, column, message }) => ({
        file: shownFile(context, file),
        line: line ?? null,
        column: column ?? null,
        error: message,
      }));
      printRows(context.terminal, rows, { ...options, empty: "All DAG files load." });
      return rows.length === 0 ? 0 : 1;
    }),
  );
}
