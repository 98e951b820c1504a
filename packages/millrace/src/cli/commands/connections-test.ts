import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { getConnection } from "../find-secrets.ts";
import { knownConnectionTypes } from "../known-connection-types.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";

/** `millrace connections test ID`: connects and logs in as far as the protocol of its type is simple, from this machine. */
export function makeConnectionsTest(shell: Shell): Command {
  return makeCommand("test", "connect, and log in where the protocol is simple; says what was reached or what failed")
    .argument("<conn_id>")
    .action(
      action(shell, async (context, [id]: [string]) => {
        const { connection } = await getConnection(context, id);
        const { ok, message } = await knownConnectionTypes(context).test(connection);
        if (ok) return context.terminal.print(message);
        throw new MillraceError("UNREACHABLE", `connection ${id}: ${message}`, { details: { connectionId: id } });
      }),
    );
}
