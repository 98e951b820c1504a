import { Option, type Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { getUser, requireRoles, withAccounts, type UserName } from "../open-accounts.ts";
import { addUserOptions } from "../user-options.ts";

/** `millrace users add-role` and `remove-role`. */
export function makeUsersRole(shell: Shell, verb: "add-role" | "remove-role"): Command {
  return addUserOptions(makeCommand(verb, verb === "add-role" ? "give a user a role" : "take a role from a user"))
    .addOption(new Option("-r, --role <name>", "which role").makeOptionMandatory())
    .action(
      action(shell, async (context, _args: [], options: UserName & { readonly role: string }) => {
        const { role } = options;
        const said = await withAccounts(context, async ({ accounts, note }) => {
          const { username, roles } = await getUser(accounts, options);
          await requireRoles(accounts, [role]);
          const has = roles.includes(role);
          if (has === (verb === "add-role"))
            return `user ${username} ${has ? "has" : "does not have"} role ${role} already`;
          await accounts.updateUser(username, {
            roles: has ? roles.filter((each) => each !== role) : [...roles, role],
          });
          await note(`users.${verb}`, `${username} ${role}`);
          return `user ${username} ${has ? "has no longer" : "has"} role ${role}`;
        });
        context.terminal.say(said);
      }),
    );
}
