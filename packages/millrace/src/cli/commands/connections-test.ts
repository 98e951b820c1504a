import { MillraceError, type ConnectionTrial } from "@millrace/core";
import type { Command } from "commander";
import { getConnection } from "../find-secrets.ts";
import { localConnectionTypes } from "../known-connection-types.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import type { RemoteServer } from "../remote/remote-server.ts";

/** `millrace connections test ID`: connects and logs in as far as the protocol of its type is simple, from this machine, or from the server. */
export function makeConnectionsTest(shell: Shell): Command {
  return makeCommand("test", "connect, and log in where the protocol is simple; says what was reached or what failed")
    .argument("<conn_id>")
    .action(
      action(shell, async (context, [id]: [string]) => {
        const { ok, message } = context.remote ? await askFor(context.remote, id) : await test(context, id);
        if (ok) return context.terminal.print(message);
        throw new MillraceError("UNREACHABLE", `connection ${id}: ${message}`, { details: { connectionId: id } });
      }),
    );
}

async function test(context: CommandContext, id: string): Promise<ConnectionTrial> {
  const { connection } = await getConnection(context, id);
  return await localConnectionTypes(context).test(connection);
}

async function askFor(remote: RemoteServer, id: string): Promise<ConnectionTrial> {
  const { testRemotely } = await import("../remote/remote-connection-types.ts");
  return await testRemotely(remote, id);
}
