import { resolve } from "node:path";
import { Option, type Command } from "commander";
import { dropArchives } from "../../archives/drop-archives.ts";
import { exportArchives, type ExportFormat } from "../../archives/export-archives.ts";
import { readArchives } from "../../archives/read-archives.ts";
import { askFirst } from "../ask-first.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { requireProject } from "../open-project.ts";
import { splitNames } from "../split-names.ts";

interface Options {
  readonly exportFormat: ExportFormat;
  readonly outputPath: string;
  readonly tables?: string;
  readonly dropArchives?: true;
  readonly yes?: true;
}

/** `millrace db export-archived`: what retention and `db clean` have archived, as files that other programs read. */
export function makeDbExportArchived(shell: Shell): Command {
  return makeCommand("export-archived", "write what was archived to a file per table")
    .addOption(new Option("--export-format <format>", "how to write").choices(["csv", "jsonl"]).default("csv"))
    .requiredOption("--output-path <folder>", "made when it is not there; files of the same names are replaced")
    .option("-t, --tables <names>", "only these tables, with commas between")
    .option("--drop-archives", "delete the archives afterwards")
    .option("-y, --yes", "do not ask before that")
    .action(
      action(shell, async ({ config, terminal }, _args: [], options: Options) => {
        requireProject(config);
        const archives = await readArchives(config.core.dataFolder);
        const tables = options.tables === undefined ? undefined : splitNames(options.tables);
        const folder = resolve(terminal.cwd, options.outputPath);
        const exported = await exportArchives({ archives, tables, format: options.exportFormat, folder });
        for (const { file, rows } of exported) terminal.print(`${file}: ${rows} rows`);
        if (exported.length === 0) terminal.say("Nothing is archived.");
        if (!options.dropArchives || archives.length === 0) return 0;
        const refused = await askFirst(terminal, {
          yes: options.yes === true,
          question: `Delete what was exported from ${archives.length} archives?`,
          otherwise: "The archives stay",
        });
        if (refused) return refused;
        await dropArchives(archives, tables);
        return 0;
      }),
    );
}
