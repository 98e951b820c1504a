import { whyRun, whyTasks } from "@millrace/core";
import type { Command } from "commander";
import { askTask, openRunCase } from "../ask-why.ts";
import { findRun, getDag } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withDags, type OpenProject } from "../open-project.ts";
import { printAnswers, type Answer } from "../output/print-answers.ts";

interface Options extends RowsOptions {
  readonly mapIndex?: string;
}

/** `millrace tasks why DAG [TASK] [RUN]`: what keeps a task of a run, or every unfinished one, from running. */
export function makeTasksWhy(shell: Shell): Command {
  return addRowsOptions(makeCommand("why", "say what keeps the tasks of a run from running"))
    .alias("failed-deps")
    .argument("<dag_id>")
    .argument("[task_id]", "all unfinished tasks when not given; then the run may stand here")
    .argument("[run]", "run id, logical date, or latest; latest when not given")
    .option("-m, --map-index <index>", "one instance of a mapped task")
    .action(
      action(
        shell,
        async (context, [dagId, second, run]: [string, string | undefined, string | undefined], options: Options) => {
          const { config, terminal } = context;
          await withDags(context, [dagId], async (project) => {
            const isRun = second !== undefined && run === undefined && (await isRunNamed(project, dagId, second));
            if (second === undefined || isRun) {
              const at = await openRunCase(project, { dagId, run: second ?? "latest", config });
              const { runKey } = at.run;
              const whole: Answer = { runKey, blockers: whyRun(at) };
              const tasks = whyTasks(at).map(({ group, blockers }) => ({ instance: group, runKey, blockers }));
              const answers = [...(whole.blockers.length > 0 ? [whole] : []), ...tasks];
              printAnswers(terminal, answers, {
                ...options,
                dagId,
                now: at.facts.now,
                empty: `${runKey} has nothing left to do.`,
              });
              return;
            }
            const { mapIndex } = options;
            const asked = {
              dagId,
              taskId: second,
              run: run ?? "latest",
              config,
              ...(mapIndex !== undefined && { mapIndex }),
            };
            const { at, answers } = await askTask(project, asked);
            printAnswers(terminal, answers, { ...options, dagId, now: at.facts.now, empty: "" });
          });
        },
      ),
    );
}

/** What is no task of the DAG may be one of its runs; what is neither is a task that was written wrong. */
async function isRunNamed(project: OpenProject, dagId: string, named: string): Promise<boolean> {
  const dag = await getDag(project, dagId);
  if (dag.graph.tasks.some(({ taskId }) => taskId === named)) return false;
  return named === "latest" || (await findRun(project, dagId, named)) !== undefined;
}
