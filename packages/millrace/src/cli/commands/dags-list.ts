import { describeSchedule } from "@millrace/core";
import type { Command } from "commander";
import { relative } from "node:path";
import { allPages } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { printRows, type Row } from "../output/print-rows.ts";
import { instantOrNull } from "../output/show-time.ts";

/** `millrace dags list`: all DAGs. */
export function makeDagsList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list all DAGs"))
    .option("--all", "also those whose file is gone")
    .action(
      action(shell, async (context, _args: [], options: RowsOptions & { readonly all?: true }) => {
        const { terminal, config } = context;
        const { rows, broken } = await withProject(context, async ({ queries }) => {
          const rows: Row[] = [];
          for await (const dag of allPages((request) =>
            queries.listDags({ ...request, includeInactive: options.all === true }),
          ))
            rows.push({
              dag_id: dag.dagId,
              file: relative(config.projectFolder, dag.file),
              schedule: describeSchedule(dag.schedule),
              next_run: dag.paused ? null : instantOrNull(dag.nextRun?.runAfter),
              is_paused: dag.paused,
              version: dag.version,
              tags: dag.tags,
            });
          return { rows, broken: (await queries.listImportErrors()).length };
        });
        printRows(terminal, rows, { ...options, empty: `There are no DAGs in ${config.core.dagFolders.join(", ")}.` });
        if (broken > 0)
          terminal.say(
            terminal.paintTalk.yellow(
              `${broken} import ${broken === 1 ? "error" : "errors"}: ${terminal.program} dags list-import-errors`,
            ),
          );
      }),
    );
}
