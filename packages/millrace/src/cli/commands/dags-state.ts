import type { Command } from "commander";
import { getDag, getRun } from "../find-things.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";

/** `millrace dags state DAG RUN`: the state of a run, alone on standard output; its conf beside. */
export function makeDagsState(shell: Shell): Command {
  return makeCommand("state", "print the state of a run")
    .argument("<dag_id>")
    .argument("<run>", "run id, logical date, or latest")
    .action(
      action(shell, async (context, [dagId, named]: [string, string]) => {
        const run = await withDags(context, [dagId], async (project) => {
          await getDag(project, dagId);
          return await getRun(project, dagId, named);
        });
        context.terminal.print(run.state);
        if (run.conf !== null && run.conf !== "{}") context.terminal.say(`conf: ${run.conf}`);
      }),
    );
}
