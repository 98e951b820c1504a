import type { Command } from "commander";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withAccounts } from "../open-accounts.ts";
import { userRow } from "../output/account-rows.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace users list`: all users by name. */
export function makeUsersList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list all users")).action(
    action(shell, async (context, _args: [], options: RowsOptions) => {
      const users = await withAccounts(context, async ({ accounts }) => await Array.fromAsync(accounts.users()));
      printRows(context.terminal, users.map(userRow), { ...options, empty: "There are no users." });
    }),
  );
}
