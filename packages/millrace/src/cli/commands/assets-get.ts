import type { Command } from "commander";
import { getAsset } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { assetRow } from "../output/asset-rows.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace assets get URI`. */
export function makeAssetsGet(shell: Shell): Command {
  return addRowsOptions(makeCommand("get", "show one asset"))
    .argument("<uri>")
    .action(
      action(shell, async (context, [uri]: [string], options: RowsOptions) => {
        const asset = await withProject(context, (project) => getAsset(project, uri));
        printRows(context.terminal, [assetRow(asset)], { ...options, empty: "" });
      }),
    );
}
