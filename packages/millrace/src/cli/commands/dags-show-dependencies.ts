import type { Graph } from "@millrace/core";
import type { Command } from "commander";
import { allPages, getDag } from "../find-things.ts";
import { dependencyPicture, dependencyRows, findDependencies } from "../graph/dependency-picture.ts";
import { addPictureOptions, showPicture, type PictureOptions } from "../graph/show-picture.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withProject, type OpenProject } from "../open-project.ts";

/** `millrace dags show-dependencies [DAG]`: how DAGs start each other, wait for each other, and follow each other's assets. */
export function makeDagsShowDependencies(shell: Shell): Command {
  return addPictureOptions(makeCommand("show-dependencies", "draw how DAGs depend on each other, here or into a file"))
    .argument("[dag_id]", "only what hangs together with this DAG; default all")
    .action(
      action(shell, async (context, [dagId]: [string | undefined], options: PictureOptions) => {
        const graphs = await withProject(context, async (project) => {
          if (dagId !== undefined) await getDag(project, dagId);
          return await loadGraphs(project);
        });
        const dependencies = findDependencies(graphs, dagId);
        const title = dagId === undefined ? "Dependencies between DAGs" : `Dependencies of ${dagId}`;
        const picture = dependencyPicture(graphs, dependencies, title);
        if (dependencies.length === 0)
          context.terminal.say(
            dagId === undefined
              ? "No DAG depends on another: none follows an asset, starts another one or waits for one."
              : `${dagId} depends on no other DAG, and none depends on it.`,
          );
        if (
          dependencies.length > 0 ||
          options.save !== undefined ||
          options.output === "json" ||
          options.output === "yaml"
        )
          showPicture(context.terminal, { picture, data: dependencyRows(dependencies), options });
      }),
    );
}

async function loadGraphs({ queries }: OpenProject): Promise<readonly Graph[]> {
  const graphs: Graph[] = [];
  for await (const { dagId } of allPages((request) => queries.listDags(request))) {
    const dag = await queries.findDag(dagId);
    if (dag) graphs.push(dag.graph);
  }
  return graphs;
}
