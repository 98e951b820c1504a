import { MillraceError, type VariableInput } from "@millrace/core";
import { Option, type Command } from "commander";
import { countOf } from "../export-file.ts";
import { knownVariables } from "../find-secrets.ts";
import { IMPORT_FORMATS, readImport } from "../import-file.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import { variableFromFile } from "../variable-file.ts";

const ON_EXISTING = ["overwrite", "fail", "skip"] as const;

interface Options {
  readonly actionOnExistingKey: (typeof ON_EXISTING)[number];
}

/** `millrace variables import FILE`: makes or replaces the variables of a file. Nothing is written when one of them does not fit. */
export function makeVariablesImport(shell: Shell): Command {
  return makeCommand("import", "make or replace the variables that a file names")
    .argument("<file>", `${IMPORT_FORMATS}; - for standard input`)
    .addOption(
      new Option("-a, --action-on-existing-key <action>", "what to do with those that are there already")
        .choices([...ON_EXISTING])
        .default("overwrite"),
    )
    .action(
      action(shell, async (context, [file]: [string], { actionOnExistingKey }: Options) => {
        const { terminal } = context;
        const found = [...(await readImport(terminal, file))].map(([key, value]) => variableFromFile(key, value));
        await withDatabase(context, async (project) => {
          const known = await knownVariables(project);
          const existing = found.filter(({ key }) => known.has(key));
          if (actionOnExistingKey === "fail" && existing.length > 0) throw areThere(existing);
          const wanted = found.filter(({ key }) => actionOnExistingKey !== "skip" || !known.has(key));
          for (const input of wanted) {
            const before = known.get(input.key);
            // What is sealed stays sealed: a file that does not say so must not bring it into the open.
            const description = input.description ?? before?.description ?? "";
            await project.queries.setVariable({
              ...input,
              secret: input.secret || before?.secret === true,
              description,
            });
          }
          terminal.say(`${countOf(wanted.length, "variable")} imported from ${file}`);
          if (wanted.length < found.length) terminal.say(`skipped, because they are there: ${keysOf(existing)}`);
        });
      }),
    );
}

function areThere(existing: readonly VariableInput[]): MillraceError {
  return new MillraceError("CONFLICT", `there are already variables ${keysOf(existing)}`, {
    details: { hint: "Nothing was imported. Use --action-on-existing-key overwrite or skip." },
  });
}

function keysOf(variables: readonly VariableInput[]): string {
  return variables.map(({ key }) => key).join(", ");
}
