import { MillraceError } from "@millrace/core";
import { ADMIN_ROLE } from "@millrace/server/access";
import type { Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { requireRoles, withAccounts } from "../open-accounts.ts";

/** `millrace roles delete ROLE…`: users lose them. */
export function makeRolesDelete(shell: Shell): Command {
  return makeCommand("delete", "delete roles; their users lose them")
    .argument("<role...>")
    .action(
      action(shell, async (context, [names]: [readonly string[]]) => {
        if (names.includes(ADMIN_ROLE)) throw new MillraceError("CONFLICT", `the role ${ADMIN_ROLE} cannot be deleted`);
        await withAccounts(context, async ({ accounts, note }) => {
          await requireRoles(accounts, names);
          for (const name of names) {
            await accounts.deleteRole(name);
            await note("roles.delete", name);
            context.terminal.say(`role ${name} deleted`);
          }
        });
      }),
    );
}
