import { MillraceError } from "@millrace/core";
import { Option, type Command } from "commander";
import { choosePassword, type PasswordOptions } from "../choose-password.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { getUser, withAccounts, type UserName } from "../open-accounts.ts";
import { addUserOptions } from "../user-options.ts";

/** `millrace users reset-password`: a new password; all sessions of the user end. */
export function makeUsersResetPassword(shell: Shell): Command {
  return addUserOptions(makeCommand("reset-password", "give a user a new password; their sessions end"))
    .addOption(new Option("-p, --password <text>", "the new password; - for standard input"))
    .addOption(new Option("--use-random-password", "make a password and print it once"))
    .action(
      action(shell, async (context, _args: [], options: UserName & PasswordOptions) => {
        const { terminal } = context;
        const { password, shown } = await choosePassword(terminal, options);
        const { username } = await withAccounts(context, async ({ accounts, note }) => {
          const user = await getUser(accounts, options);
          if (user.origin !== "local")
            throw new MillraceError(
              "CONFLICT",
              `${user.username} logs in through ${user.origin}: no password is kept here`,
            );
          await accounts.updateUser(user.username, { password, mustChangePassword: shown !== undefined });
          await note("users.reset-password", user.username);
          return user;
        });
        terminal.say(`user ${username} has a new password`);
        if (shown !== undefined) terminal.print(shown);
      }),
    );
}
