import { Option, type Command } from "commander";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withAccounts } from "../open-accounts.ts";
import { permissionRows } from "../output/account-rows.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace roles list`: all roles, or what they may do. */
export function makeRolesList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list all roles"))
    .addOption(new Option("-p, --permission", "with what they may do"))
    .action(
      action(shell, async (context, _args: [], options: RowsOptions & { readonly permission?: true }) => {
        const roles = await withAccounts(context, ({ accounts }) => accounts.roles());
        const rows = options.permission ? roles.flatMap(permissionRows) : roles.map(({ name }) => ({ name }));
        printRows(context.terminal, rows, { ...options, empty: "There are no roles." });
      }),
    );
}
