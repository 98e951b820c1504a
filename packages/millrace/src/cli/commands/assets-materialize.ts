import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { getAsset } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { printRows } from "../output/print-rows.ts";
import { runRow } from "../output/run-row.ts";

/** `millrace assets materialize URI`: triggers the one DAG that updates it. */
export function makeAssetsMaterialize(shell: Shell): Command {
  return addRowsOptions(makeCommand("materialize", "trigger the DAG that updates an asset"))
    .argument("<uri>")
    .action(
      action(shell, async (context, [uri]: [string], options: RowsOptions) => {
        await withProject(context, async (project) => {
          const { producers } = await getAsset(project, uri);
          const dagIds = [...new Set(producers.map(({ dagId }) => dagId))];
          const [dagId] = dagIds;
          if (dagIds.length !== 1) throw notOne(uri, dagIds);
          const { runId } = await project.send(dagId, { kind: "trigger" });
          const run = runId === undefined ? undefined : await project.queries.findRunById(runId);
          if (!run) throw new Error(`the run ${runId} was made and cannot be found`);
          printRows(context.terminal, [runRow(run)], { ...options, empty: "" });
        });
      }),
    );
}

function notOne(uri: string, dagIds: readonly string[]): MillraceError {
  if (dagIds.length === 0)
    return new MillraceError("CONFLICT", `no DAG updates ${uri}`, {
      details: { uri, hint: `Say that something outside did with \`millrace assets update ${uri}\`.` },
    });
  return new MillraceError("CONFLICT", `several DAGs update ${uri}: ${dagIds.join(", ")}`, {
    details: { uri, dagIds, hint: `Trigger one of them, for example with \`millrace dags trigger ${dagIds[0]}\`.` },
  });
}
