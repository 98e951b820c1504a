import type { Command } from "commander";
import { knownVariables, missingVariable } from "../find-secrets.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";

/** `millrace variables delete KEY...`. All of them must be there. */
export function makeVariablesDelete(shell: Shell): Command {
  return makeCommand("delete", "delete variables from the database")
    .argument("<key...>")
    .action(
      action(shell, async (context, [keys]: [readonly string[]]) => {
        await withDatabase(context, async (project) => {
          const known = await knownVariables(project);
          const wrong = keys.find((key) => !known.has(key));
          if (wrong !== undefined) throw await missingVariable(project, wrong);
          for (const key of new Set(keys)) await project.queries.deleteVariable(key);
        });
        context.terminal.say(`deleted: ${keys.join(", ")}`);
      }),
    );
}
