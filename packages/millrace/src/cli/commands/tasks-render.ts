import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { getInstance } from "../find-instance.ts";
import { getDag, requireTask } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";
import { printRecord, type Row } from "../output/print-rows.ts";

interface Options extends RowsOptions {
  readonly mapIndex?: string;
}

/** `millrace tasks render DAG TASK RUN`: the templates of a task as they were rendered in that run, secrets masked. */
export function makeTasksRender(shell: Shell): Command {
  return addRowsOptions(makeCommand("render", "show the templates of a task as they were rendered in a run"))
    .argument("<dag_id>")
    .argument("<task_id>")
    .argument("<run>", "run id, logical date, or latest")
    .option("-m, --map-index <index>", "of a mapped task")
    .action(
      action(shell, async (context, [dagId, taskId, run]: [string, string, string], options: Options) => {
        const rendered = await withDags(context, [dagId], async (project) => {
          const dag = await getDag(project, dagId);
          requireTask(dag, taskId);
          const { mapIndex } = options;
          const instance = await getInstance(project, {
            dagId,
            taskId,
            run,
            ...(mapIndex !== undefined && { mapIndex }),
          });
          if (instance.rendered !== undefined) return JSON.parse(instance.rendered) as Row;
          const task = dag.graph.tasks.find((each) => each.taskId === taskId);
          throw notRendered({ dagId, taskId, hasTemplates: (task?.templated.length ?? 0) > 0 });
        });
        printRecord(context.terminal, rendered, options);
      }),
    );
}

function notRendered(about: {
  readonly dagId: string;
  readonly taskId: string;
  readonly hasTemplates: boolean;
}): MillraceError {
  const { dagId, taskId, hasTemplates } = about;
  const [sentence, hint] = hasTemplates
    ? [
        `${taskId} has not rendered its templates in that run yet`,
        `Run it alone with \`millrace tasks test ${dagId} ${taskId}\`.`,
      ]
    : [`${taskId} has no options that are templates`, `\`millrace tasks list ${dagId}\` shows what it is.`];
  return new MillraceError("NOT_FOUND", sentence, { details: { dagId, taskId, hint } });
}
