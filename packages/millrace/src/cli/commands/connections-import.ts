import { readConnection } from "@millrace/core";
import type { Command } from "commander";
import { countOf } from "../export-file.ts";
import { knownConnections } from "../find-secrets.ts";
import { IMPORT_FORMATS, readImport } from "../import-file.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";

/** `millrace connections import FILE`: makes the connections of a file. Nothing is written when one of them does not fit. */
export function makeConnectionsImport(shell: Shell): Command {
  return makeCommand("import", "make the connections that a file names")
    .argument("<file>", `${IMPORT_FORMATS}; - for standard input`)
    .option("--overwrite", "replace those that are there already; without it they are skipped")
    .action(
      action(shell, async (context, [file]: [string], options: { readonly overwrite?: true }) => {
        const { terminal } = context;
        const found = [...(await readImport(terminal, file))].map(([id, stored]) => ({
          id,
          ...readConnection(id, stored),
        }));
        await withDatabase(context, async (project) => {
          const known = await knownConnections(project);
          const skipped = options.overwrite ? [] : found.filter(({ id }) => known.has(id));
          const wanted = found.filter((each) => !skipped.includes(each));
          for (const { id, text, connection } of wanted)
            await project.queries.setConnection({
              connectionId: id,
              connectionType: connection.type,
              value: text,
              description: connection.description ?? "",
            });
          terminal.say(`${countOf(wanted.length, "connection")} imported from ${file}`);
          if (skipped.length > 0)
            terminal.say(
              `skipped, because they are there: ${skipped.map(({ id }) => id).join(", ")} (--overwrite replaces)`,
            );
        });
      }),
    );
}
