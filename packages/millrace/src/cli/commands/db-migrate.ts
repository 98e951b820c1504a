import type { Command } from "commander";
import { migrate, openPool } from "@millrace/store";
import { openDatabase } from "../../system/open-database.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { requireProject } from "../open-project.ts";

/** `millrace db migrate`: creates the schema or brings it up to date. Everything else does so, too; this does nothing else. */
export function makeDbMigrate(shell: Shell): Command {
  return makeCommand("migrate", "create the database's schema, or bring it up to date")
    .aliases(["init", "upgrade"])
    .action(
      action(shell, async ({ config, terminal }) => {
        requireProject(config);
        const database = await openDatabase(config, "command");
        try {
          const pool = await openPool({ url: database.url, max: 2, log: (line) => terminal.say(line) });
          try {
            const { from, to } = await pool.withClient((client) => migrate(client));
            terminal.print(
              from === to
                ? `the schema is up to date (version ${to})`
                : `the schema went from version ${from} to ${to}`,
            );
          } finally {
            await pool.close();
          }
        } finally {
          await database.close();
        }
      }),
    );
}
