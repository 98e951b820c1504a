import type { Command } from "commander";
import { askFirst } from "../ask-first.ts";
import { countOf } from "../export-file.ts";
import { getDag } from "../find-things.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";

/** `millrace dags delete DAG`: forgets a DAG whose file is gone, with all its runs. */
export function makeDagsDelete(shell: Shell): Command {
  return makeCommand("delete", "forget a DAG whose file is gone, with all its runs")
    .argument("<dag_id>")
    .option("-y, --yes", "do not ask")
    .action(
      action(shell, async (context, [dagId]: [string], options: { readonly yes?: true }) =>
        withProject(context, async (project) => {
          await getDag(project, dagId);
          const refused = await askFirst(context.terminal, {
            yes: options.yes === true,
            question: `Delete ${dagId} with all its runs?`,
            otherwise: "Nothing was deleted",
          });
          if (refused) return refused;
          const runs = await project.queries.deleteDag(dagId);
          context.terminal.say(`${dagId} deleted, and ${countOf(runs, "run")} with it`);
          return 0;
        }),
      ),
    );
}
