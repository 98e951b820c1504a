import type { Command } from "commander";
import { getDag } from "../find-things.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";

/** `millrace dags pause` and `unpause`. */
export function makeDagsPause(shell: Shell, paused: boolean): Command {
  const description = paused ? "stop making runs by schedule; tries that run go on" : "make runs by schedule again";
  return makeCommand(paused ? "pause" : "unpause", description)
    .argument("<dag_id...>", "DAGs")
    .action(
      action(shell, async (context, [dagIds]: [readonly string[]]) => {
        await withDags(context, dagIds, async (project) => {
          for (const dagId of dagIds) {
            const dag = await getDag(project, dagId);
            await project.send(dagId, { kind: "pause", paused });
            const already = dag.paused === paused ? " already" : "";
            context.terminal.print(`${dagId} is${already} ${paused ? "paused" : "not paused"}`);
          }
        });
      }),
    );
}
