import { formatInstant } from "@millrace/core";
import type { Command } from "commander";
import { allPages } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { printRows, type Row } from "../output/print-rows.ts";

/** `millrace variables list`: those of the database; secret ones without their value. */
export function makeVariablesList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list the variables of the database; secret values print as ***")).action(
    action(shell, async (context, _args: [], options: RowsOptions) => {
      const rows = await withDatabase(context, async ({ queries }) => {
        const found: Row[] = [];
        for await (const { key, value, secret, description, updatedAt } of allPages((page) =>
          queries.listVariables(page),
        ))
          found.push({
            key,
            value: secret ? "***" : (value ?? null),
            is_secret: secret,
            description,
            updated_at: formatInstant(updatedAt),
          });
        return found;
      });
      printRows(context.terminal, rows, { ...options, empty: "There are no variables in the database." });
    }),
  );
}
