import type { Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withAccounts } from "../open-accounts.ts";

/** `millrace roles create ROLE…`: roles that may do nothing yet. */
export function makeRolesCreate(shell: Shell): Command {
  return makeCommand("create", "make roles that may do nothing yet")
    .argument("<role...>")
    .action(
      action(shell, async (context, [names]: [readonly string[]]) => {
        await withAccounts(context, async ({ accounts, note }) => {
          for (const name of names) {
            await accounts.createRole({ name, permissions: [] });
            await note("roles.create", name);
            context.terminal.say(`role ${name} made`);
          }
        });
      }),
    );
}
