import { formatInstant } from "@millrace/core";
import type { Command } from "commander";
import { getAsset } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { printRecord } from "../output/print-rows.ts";
import { parseConf } from "../parse-conf.ts";

interface Options extends RowsOptions {
  readonly extra?: string;
}

/** `millrace assets update URI`: says that something outside has updated it; DAGs that follow it run at once. */
export function makeAssetsUpdate(shell: Shell): Command {
  return addRowsOptions(
    makeCommand("update", "say that something outside has updated an asset; DAGs that follow it run"),
  )
    .argument("<uri>")
    .option("--extra <json>", "what to tell those runs, a JSON object, or @file")
    .action(
      action(shell, async (context, [uri]: [string], { extra, ...options }: Options) => {
        const { terminal } = context;
        const told = extra === undefined ? null : parseConf(extra, terminal.cwd, "--extra");
        await withProject(context, async (project) => {
          await getAsset(project, uri);
          const { eventId, at, queuedFor } = await project.queries.updateAsset(uri, told);
          if (queuedFor.length === 0) terminal.say(`No DAG that is not paused follows ${uri}.`);
          else if (!project.isLive)
            terminal.say(`No Millrace runs on this database: it counts when \`${terminal.program} start\` runs.`);
          printRecord(terminal, { event_id: eventId, uri, at: formatInstant(at), queued_for: queuedFor }, options);
        });
      }),
    );
}
