import type { Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { getUser, withAccounts, type UserName } from "../open-accounts.ts";
import { addUserOptions } from "../user-options.ts";

/** `millrace users delete`: a user with all sessions and tokens. */
export function makeUsersDelete(shell: Shell): Command {
  return addUserOptions(makeCommand("delete", "delete a user; their sessions and tokens end")).action(
    action(shell, async (context, _args: [], options: UserName) => {
      const { username } = await withAccounts(context, async ({ accounts, note }) => {
        const user = await getUser(accounts, options);
        await accounts.deleteUser(user.username);
        await note("users.delete", user.username);
        return user;
      });
      context.terminal.say(`user ${username} deleted`);
    }),
  );
}
