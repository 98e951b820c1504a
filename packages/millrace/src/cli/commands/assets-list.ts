import type { Command } from "commander";
import { allPages } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { assetRow } from "../output/asset-rows.ts";
import { printRows, type Row } from "../output/print-rows.ts";

/** `millrace assets list`: assets, who updates them, who follows them, and when they were updated last. */
export function makeAssetsList(shell: Shell): Command {
  return addRowsOptions(
    makeCommand("list", "list assets: who updates them, who follows them, when they were updated last"),
  )
    .option("--search <text>", "with this in their URI")
    .action(
      action(shell, async (context, _args: [], options: RowsOptions & { readonly search?: string }) => {
        const { search, ...print } = options;
        const rows = await withProject(context, async ({ queries }) => {
          const found: Row[] = [];
          const wanted = search === undefined ? {} : { search };
          for await (const asset of allPages((page) => queries.listAssets({ ...page, ...wanted })))
            found.push(assetRow(asset));
          return found;
        });
        printRows(context.terminal, rows, { ...print, empty: "There are no such assets." });
      }),
    );
}
