import type { Command } from "commander";
import { countOf } from "../export-file.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { requireRoles, withAccounts } from "../open-accounts.ts";
import { readJsonList } from "../read-json-list.ts";

/** `millrace users import FILE`: users as `users export` and Airflow write them. New ones have no password until one is set. */
export function makeUsersImport(shell: Shell): Command {
  return makeCommand("import", "make or change the users of a JSON file; new ones have no password yet")
    .argument("<file>", "a JSON list; - for standard input")
    .action(
      action(shell, async (context, [file]: [string]) => {
        const users = (await readJsonList(context.terminal, file)).map(({ text, texts }) => ({
          username: text("username"),
          email: text("email"),
          firstName: text("firstname", ""),
          lastName: text("lastname", ""),
          roles: texts("roles"),
        }));
        const made = await withAccounts(context, async ({ accounts, note }) => {
          await requireRoles(
            accounts,
            users.flatMap(({ roles }) => roles),
          );
          let count = 0;
          for (const user of users) {
            if (await accounts.updateUser(user.username, user)) continue;
            await accounts.createUser(user);
            count += 1;
          }
          await note("users.import", file);
          return count;
        });
        context.terminal.say(`${countOf(users.length, "user")} imported from ${file}, ${made} of them new`);
        if (made > 0) context.terminal.say("Give new ones a password with `millrace users reset-password`.");
      }),
    );
}
