import { Secret, type Connection } from "@millrace/core";
import type { Command } from "commander";
import type { SecretsPlace } from "../../system/secrets/make-secrets.ts";
import { getConnection, missingConnection } from "../find-secrets.ts";
import {
  action,
  addRowsOptions,
  makeCommand,
  type CommandContext,
  type RowsOptions,
  type Shell,
} from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { connectionRow } from "../output/connection-row.ts";
import { printRows } from "../output/print-rows.ts";
import type { RemoteServer } from "../remote/remote-server.ts";

/** `millrace connections get ID`: as a task would get it, from the places that the configuration names; secrets as `***`. */
export function makeConnectionsGet(shell: Shell): Command {
  return addRowsOptions(makeCommand("get", "show a connection as a task would get it; secrets print as ***"))
    .argument("<conn_id>")
    .action(
      action(shell, async (context, [id]: [string], options: RowsOptions) => {
        const { connection, source } = context.remote
          ? await askFor(context, context.remote, id)
          : await getConnection(context, id);
        printRows(context.terminal, [connectionRow(connection, source)], { ...options, empty: "" });
      }),
    );
}

/** A server knows those of its database: its tasks may find others in their environment. */
async function askFor(
  context: CommandContext,
  remote: RemoteServer,
  id: string,
): Promise<{ readonly connection: Connection; readonly source: SecretsPlace }> {
  const { findShownConnection } = await import("../remote/shown-connections.ts");
  const found = await findShownConnection(remote, id);
  if (!found) throw await withDatabase(context, (project) => missingConnection(project, id));
  const { connection, hasPassword, isReadable } = found;
  if (!isReadable) context.terminal.say(`The server does not have the key that ${id} was sealed with.`);
  // The password itself stays there: it prints as *** anyway.
  return {
    connection: { ...connection, ...(hasPassword && { password: new Secret("***") }) },
    source: "database",
  };
}
