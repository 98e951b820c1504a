import type { Command } from "commander";
import { countOf, writeExport } from "../export-file.ts";
import { knownVariables } from "../find-secrets.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { variableToFile } from "../variable-file.ts";

/** `millrace variables export FILE`: all variables of the database as JSON, as Airflow writes and reads them; secret ones in clear, those of a server left out. */
export function makeVariablesExport(shell: Shell): Command {
  return makeCommand(
    "export",
    "write all variables into a JSON file that only you can read; secret ones in clear, with --server left out",
  )
    .argument("<file>", "- for standard output")
    .action(
      action(shell, async (context, [file]: [string]) => {
        const leftOut: string[] = [];
        const entries = await withDatabase(context, async (project) => {
          const found: [string, unknown][] = [];
          for (const [key, info] of await knownVariables(project)) {
            if (context.remote && info.value === undefined) {
              leftOut.push(key);
              continue;
            }
            const value = info.value ?? (await project.queries.findVariable(key)) ?? "";
            found.push([key, variableToFile({ ...info, value }, key)]);
          }
          return found;
        });
        if (leftOut.length > 0) context.terminal.say(`A server shows no secrets; left out: ${leftOut.join(", ")}`);
        const text = JSON.stringify(Object.fromEntries(entries), undefined, 2);
        writeExport(context.terminal, file, { text, what: countOf(entries.length, "variable") });
      }),
    );
}
