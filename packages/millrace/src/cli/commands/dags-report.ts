import type { Command } from "commander";
import { allPages, getDag } from "../find-things.ts";
import {
  action,
  addRowsOptions,
  makeCommand,
  type CommandContext,
  type RowsOptions,
  type Shell,
} from "../make-command.ts";
import { withProject, type OpenProject } from "../open-project.ts";
import { printRows, type Row } from "../output/print-rows.ts";
import { shownFile } from "../shown-file.ts";

/** `millrace dags report`: what each DAG file holds. */
export function makeDagsReport(shell: Shell): Command {
  return addRowsOptions(makeCommand("report", "for each DAG file: its DAGs, how many tasks, and import errors")).action(
    action(shell, async (context, _args: [], options: RowsOptions) => {
      const rows = await withProject(context, (project) => reportRows(project, context));
      printRows(context.terminal, rows, { ...options, empty: "There are no DAG files." });
    }),
  );
}

async function reportRows(project: OpenProject, context: CommandContext): Promise<readonly Row[]> {
  const files = new Map<string, { readonly dags: string[]; tasks: number; errors: number }>();
  const entryOf = (file: string): { readonly dags: string[]; tasks: number; errors: number } => {
    const entry = files.get(file) ?? { dags: [], tasks: 0, errors: 0 };
    files.set(file, entry);
    return entry;
  };
  for await (const { dagId, file } of allPages((page) => project.queries.listDags(page))) {
    const entry = entryOf(file);
    entry.dags.push(dagId);
    entry.tasks += (await getDag(project, dagId)).graph.tasks.length;
  }
  for (const { file } of await project.queries.listImportErrors()) entryOf(file).errors += 1;
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, { dags, tasks, errors }]) => ({
      file: shownFile(context, file),
      dag_num: dags.length,
      task_num: tasks,
      import_errors: errors,
      dags,
    }));
}
