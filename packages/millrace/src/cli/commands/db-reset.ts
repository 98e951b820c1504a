import { dropSchema, migrate } from "@millrace/store";
import type { Command } from "commander";
import { askFirst } from "../ask-first.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withPool } from "../open-pool.ts";

interface Options {
  readonly yes?: true;
  readonly skipInit?: true;
}

/** `millrace db reset`: drops everything that Millrace has in the database, and makes the schema anew. */
export function makeDbReset(shell: Shell): Command {
  return makeCommand(
    "reset",
    "drop all runs, variables, connections and pools, and begin anew; refused while a Millrace runs",
  )
    .option("-y, --yes", "do not ask")
    .option("-s, --skip-init", "only drop")
    .action(
      action(shell, async (context, _args: [], options: Options) =>
        withPool(context, async (pool, database) => {
          const { terminal } = context;
          const refused = await askFirst(terminal, {
            yes: options.yes === true,
            question: `Drop everything that Millrace has in ${database.name}?`,
            otherwise: "Nothing was dropped",
          });
          if (refused) return refused;
          await pool.withClient(dropSchema);
          if (options.skipInit) {
            terminal.print("everything of Millrace was dropped");
            return 0;
          }
          const { to } = await pool.withClient((client) => migrate(client));
          terminal.print(`everything of Millrace was dropped; the schema is new (version ${to})`);
          return 0;
        }),
      ),
    );
}
