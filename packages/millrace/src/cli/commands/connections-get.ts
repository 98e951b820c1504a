import type { Command } from "commander";
import { getConnection } from "../find-secrets.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { connectionRow } from "../output/connection-row.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace connections get ID`: as a task would get it, from the places that the configuration names; secrets as `***`. */
export function makeConnectionsGet(shell: Shell): Command {
  return addRowsOptions(makeCommand("get", "show a connection as a task would get it; secrets print as ***"))
    .argument("<conn_id>")
    .action(
      action(shell, async (context, [id]: [string], options: RowsOptions) => {
        const { connection, source } = await getConnection(context, id);
        printRows(context.terminal, [connectionRow(connection, source)], { ...options, empty: "" });
      }),
    );
}
