import { relative } from "node:path";
import { describeSchedule } from "@millrace/core";
import { allPages } from "./find-things.ts";
import type { CommandContext } from "./make-command.ts";
import { withProject } from "./open-project.ts";
import { printRows, type PrintOptions, type Row } from "./output/print-rows.ts";
import { instantOrNull } from "./output/show-time.ts";

/** Prints all DAGs, and says how many files cannot be loaded. */
export async function listDagRows(
  context: CommandContext,
  { includeInactive, ...print }: PrintOptions & { readonly includeInactive: boolean },
): Promise<void> {
  const { terminal, config } = context;
  const { rows, broken } = await withProject(context, async ({ queries }) => {
    const rows: Row[] = [];
    for await (const dag of allPages((request) => queries.listDags({ ...request, includeInactive })))
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
  printRows(terminal, rows, { ...print, empty: `There are no DAGs in ${config.core.dagFolders.join(", ")}.` });
  if (broken > 0)
    terminal.say(
      terminal.paintTalk.yellow(
        `${broken} import ${broken === 1 ? "error" : "errors"}: ${terminal.program} dags list-import-errors`,
      ),
    );
}
