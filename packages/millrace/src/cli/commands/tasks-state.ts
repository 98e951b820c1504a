import type { Command } from "commander";
import { getInstance } from "../find-instance.ts";
import { getDag } from "../find-things.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";

interface Options {
  readonly mapIndex?: string;
}

/** `millrace tasks state DAG TASK RUN`: the state of a task instance, alone on standard output; its cause beside. */
export function makeTasksState(shell: Shell): Command {
  return makeCommand("state", "print the state of a task instance")
    .argument("<dag_id>")
    .argument("<task_id>")
    .argument("<run>", "run id, logical date, or latest")
    .option("-m, --map-index <index>", "of a mapped task")
    .action(
      action(shell, async (context, [dagId, taskId, run]: [string, string, string], options: Options) => {
        const instance = await withDags(context, [dagId], async (project) => {
          await getDag(project, dagId);
          return await getInstance(project, { dagId, taskId, run, ...options });
        });
        context.terminal.print(instance.state);
        if (instance.cause) context.terminal.say(instance.cause.message);
      }),
    );
}
