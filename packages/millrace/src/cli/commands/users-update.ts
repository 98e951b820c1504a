import { MillraceError } from "@millrace/core";
import { Option, type Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { getUser, withAccounts, type UserName } from "../open-accounts.ts";
import { addUserOptions } from "../user-options.ts";

interface Options extends UserName {
  readonly active?: true;
  readonly inactive?: true;
}

/** `millrace users update --inactive`: whether a user is let in. */
export function makeUsersUpdate(shell: Shell): Command {
  return addUserOptions(makeCommand("update", "let a user in, or refuse them whatever they come with"))
    .addOption(
      new Option("--inactive", "refuse their password and tokens, and end their sessions, at once").conflicts("active"),
    )
    .addOption(new Option("--active", "let them in again, by password and by tokens that still hold"))
    .action(
      action(shell, async (context, _args: [], { active, inactive, ...name }: Options) => {
        if (active === inactive)
          throw new MillraceError("BAD_ARGUMENT", "say what to change: either --active or --inactive");
        const isActive = active === true;
        const { username } = await withAccounts(context, async ({ accounts, note }) => {
          const user = await getUser(accounts, name);
          await accounts.updateUser(user.username, { isActive });
          await note("users.update", `${user.username} ${isActive ? "active" : "inactive"}`);
          return user;
        });
        context.terminal.say(`user ${username} is ${isActive ? "active" : "inactive"}`);
      }),
    );
}
