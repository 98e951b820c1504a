import { isPermission } from "@millrace/api/built-in-roles";
import { MillraceError, type Permission } from "@millrace/core";
import type { Command } from "commander";
import { countOf } from "../export-file.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withAccounts } from "../open-accounts.ts";
import { readJsonList, type ListEntry } from "../read-json-list.ts";

/** `millrace roles import FILE`: makes roles that are missing and adds what they may do. */
export function makeRolesImport(shell: Shell): Command {
  return makeCommand("import", "make the roles of a JSON file, and let them do what it says")
    .argument("<file>", "a JSON list; - for standard input")
    .action(
      action(shell, async (context, [file]: [string]) => {
        const roles = new Map<string, Permission[]>();
        for (const entry of await readJsonList(context.terminal, file)) {
          const name = entry.text("name");
          roles.set(name, [...(roles.get(name) ?? []), ...permissionsOf(entry, name)]);
        }
        await withAccounts(context, async ({ accounts, note }) => {
          for (const [name, permissions] of roles) {
            if (!(await accounts.grantPermissions(name, permissions))) await accounts.createRole({ name, permissions });
          }
          await note("roles.import", file);
        });
        context.terminal.say(`${countOf(roles.size, "role")} imported from ${file}`);
      }),
    );
}

function permissionsOf(entry: ListEntry, role: string): readonly Permission[] {
  const resource = entry.text("resource", "");
  return entry.texts("action").map((name) => {
    if (isPermission(name, resource)) return { action: name, resource };
    throw new MillraceError("BAD_ARGUMENT", `the role ${role}: there is no permission "${name}" on "${resource}"`, {
      details: { hint: "Nothing was imported." },
    });
  });
}
