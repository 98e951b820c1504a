import type { Command } from "commander";
import { countOf, writeExport } from "../export-file.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withAccounts } from "../open-accounts.ts";

/** `millrace users export FILE`: all users as Airflow writes them, without passwords. */
export function makeUsersExport(shell: Shell): Command {
  return makeCommand("export", "write all users into a JSON file, without passwords")
    .argument("<file>", "- for standard output")
    .action(
      action(shell, async (context, [file]: [string]) => {
        const users = await withAccounts(context, async ({ accounts }) => await Array.fromAsync(accounts.users()));
        const entries = users.map(({ userId, username, email, firstName, lastName, roles }) => ({
          id: userId,
          username,
          email,
          firstname: firstName,
          lastname: lastName,
          roles,
        }));
        const text = JSON.stringify(entries, undefined, 2);
        writeExport(context.terminal, file, { text, what: countOf(users.length, "user") });
      }),
    );
}
