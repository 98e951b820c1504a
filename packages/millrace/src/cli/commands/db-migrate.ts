import type { Command } from "commander";
import { migrate } from "@millrace/store";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withPool } from "../open-pool.ts";

/** `millrace db migrate`: creates the schema or brings it up to date. Everything else does so, too; this does nothing else. */
export function makeDbMigrate(shell: Shell): Command {
  return makeCommand("migrate", "create the database's schema, or bring it up to date")
    .aliases(["init", "upgrade"])
    .action(
      action(shell, async (context) => {
        const { from, to } = await withPool(context, (pool) => pool.withClient((client) => migrate(client)));
        context.terminal.print(
          from === to ? `the schema is up to date (version ${to})` : `the schema went from version ${from} to ${to}`,
        );
      }),
    );
}
