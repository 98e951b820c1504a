import { Option, type Command } from "commander";
import { choosePassword, type PasswordOptions } from "../choose-password.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { requireRoles, withAccounts } from "../open-accounts.ts";

interface Options extends PasswordOptions {
  readonly username: string;
  readonly email: string;
  readonly role: readonly string[];
  readonly firstname: string;
  readonly lastname: string;
}

/** `millrace users create`: a user with a password. */
export function makeUsersCreate(shell: Shell): Command {
  return makeCommand("create", "make a user who logs in with a password")
    .addOption(new Option("-u, --username <name>", "what they log in with").makeOptionMandatory())
    .addOption(new Option("-e, --email <address>", "their address").makeOptionMandatory())
    .addOption(new Option("-r, --role <names...>", "their roles").makeOptionMandatory())
    .addOption(new Option("-f, --firstname <name>", "their first name").default(""))
    .addOption(new Option("-l, --lastname <name>", "their last name").default(""))
    .addOption(new Option("-p, --password <text>", "their password; - for standard input"))
    .addOption(new Option("--use-random-password", "make a password and print it once"))
    .action(
      action(shell, async (context, _args: [], options: Options) => {
        const { terminal } = context;
        const { username, email, role: roles, firstname: firstName, lastname: lastName } = options;
        const { password, shown } = await choosePassword(terminal, options);
        await withAccounts(context, async ({ accounts, note }) => {
          await requireRoles(accounts, roles);
          const mustChangePassword = shown !== undefined;
          const user = { username, email, firstName, lastName, roles, password, mustChangePassword };
          await accounts.createUser(user);
          await note("users.create", username);
        });
        terminal.say(`user ${username} made, with role ${roles.join(", ")}`);
        if (shown !== undefined) terminal.print(shown);
      }),
    );
}
