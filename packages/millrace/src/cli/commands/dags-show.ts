import type { Graph } from "@millrace/core";
import { Option, type Command } from "commander";
import { getDag, getRun, listInstances } from "../find-things.ts";
import { dagData, type ShownRun } from "../graph/dag-data.ts";
import { dagPicture } from "../graph/dag-picture.ts";
import { addPictureOptions, showPicture, type PictureOptions } from "../graph/show-picture.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";

type Options = PictureOptions & { readonly run?: string };

/** `millrace dags show DAG`: its tasks as a picture, in the terminal or in a file; with `--run` in the states of a run. */
export function makeDagsShow(shell: Shell): Command {
  return addPictureOptions(makeCommand("show", "draw the tasks of a DAG, here or into a file"))
    .argument("<dag_id>")
    .addOption(new Option("-r, --run <run>", "in the states of this run: its id, its logical date, or latest"))
    .action(
      action(shell, async (context, [dagId]: [string], options: Options) => {
        const { graph, run } = await withDags(context, [dagId], async (project) => {
          const dag = await getDag(project, dagId);
          if (options.run === undefined) return { graph: dag.graph };
          const { runId, runKey, state, dagVersion } = await getRun(project, dagId, options.run);
          const graph: Graph =
            dagVersion === dag.version ? dag.graph : (await project.engine.loadGraph(dagId, dagVersion)).graph;
          const order = graph.tasks.map(({ taskId }) => taskId);
          const run: ShownRun = { runKey, state, instances: await listInstances(project, runId, order) };
          return { graph, run };
        });
        showPicture(context.terminal, { picture: dagPicture(graph, run), data: dagData(graph, run), options });
      }),
    );
}
