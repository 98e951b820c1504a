import type { Command } from "commander";
import { allPages, getAsset } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { assetEventRow } from "../output/asset-rows.ts";
import { printRows, type Row } from "../output/print-rows.ts";
import { readCount } from "../read-count.ts";

interface Options extends RowsOptions {
  readonly limit: string;
}

/** `millrace assets events [URI]`: updates, newest first. */
export function makeAssetsEvents(shell: Shell): Command {
  return addRowsOptions(makeCommand("events", "list updates of assets, newest first"))
    .argument("[uri]", "of this asset only")
    .option("-n, --limit <count>", "at most so many", "100")
    .action(
      action(shell, async (context, [uri]: [string | undefined], { limit, ...options }: Options) => {
        const most = readCount("--limit", limit, [1, 1_000_000]);
        const rows = await withProject(context, async (project) => {
          if (uri !== undefined) await getAsset(project, uri);
          const found: Row[] = [];
          const wanted = uri === undefined ? {} : { uri };
          for await (const event of allPages((page) => project.queries.listAssetEvents({ ...page, ...wanted }))) {
            found.push(assetEventRow(event));
            if (found.length === most) break;
          }
          return found;
        });
        printRows(context.terminal, rows, { ...options, empty: "There are no such updates." });
      }),
    );
}
