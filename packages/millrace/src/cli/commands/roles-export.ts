import { Option, type Command } from "commander";
import { countOf, writeExport } from "../export-file.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withAccounts } from "../open-accounts.ts";
import { permissionRows } from "../output/account-rows.ts";

/** `millrace roles export FILE`: all roles as Airflow writes them. */
export function makeRolesExport(shell: Shell): Command {
  return makeCommand("export", "write all roles and what they may do into a JSON file")
    .argument("<file>", "- for standard output")
    .addOption(new Option("-p, --pretty", "with line breaks"))
    .action(
      action(shell, async (context, [file]: [string], options: { readonly pretty?: true }) => {
        const roles = await withAccounts(context, ({ accounts }) => accounts.roles());
        const entries = roles.flatMap((role) => {
          const rows = permissionRows(role);
          return rows.length === 0 ? [{ name: role.name, resource: "", action: "" }] : rows;
        });
        const text = JSON.stringify(entries, undefined, options.pretty && 2);
        writeExport(context.terminal, file, { text, what: countOf(roles.length, "role") });
      }),
    );
}
