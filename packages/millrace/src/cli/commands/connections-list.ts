import { formatInstant } from "@millrace/core";
import type { Command } from "commander";
import { missingConnection } from "../find-secrets.ts";
import { allPages } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { printRows, type Row } from "../output/print-rows.ts";

/** `millrace connections list`: those of the database, without what is secret in them. */
export function makeConnectionsList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list the connections of the database"))
    .option("--conn-id <conn_id>", "this one only")
    .action(
      action(shell, async (context, _args: [], options: RowsOptions & { readonly connId?: string }) => {
        const rows = await withDatabase(context, async (project) => {
          const found: Row[] = [];
          for await (const each of allPages((page) => project.queries.listConnections(page)))
            found.push({
              conn_id: each.connectionId,
              conn_type: each.connectionType,
              description: each.description,
              updated_at: formatInstant(each.updatedAt),
            });
          if (options.connId === undefined) return found;
          const one = found.filter((row) => row.conn_id === options.connId);
          if (one.length === 0) throw await missingConnection(project, options.connId);
          return one;
        });
        printRows(context.terminal, rows, { ...options, empty: "There are no connections in the database." });
      }),
    );
}
