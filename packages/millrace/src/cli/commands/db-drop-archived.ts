import type { Command } from "commander";
import { dropArchives } from "../../archives/drop-archives.ts";
import { readArchives } from "../../archives/read-archives.ts";
import { askFirst } from "../ask-first.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { requireProject } from "../open-project.ts";
import { splitNames } from "../split-names.ts";

interface Options {
  readonly tables?: string;
  readonly yes?: true;
}

/** `millrace db drop-archived`: deletes archives for good. */
export function makeDbDropArchived(shell: Shell): Command {
  return makeCommand("drop-archived", "delete what was archived")
    .option("-t, --tables <names>", "only these tables, with commas between")
    .option("-y, --yes", "do not ask")
    .action(
      action(shell, async ({ config, terminal }, _args: [], options: Options) => {
        requireProject(config);
        const archives = await readArchives(config.core.dataFolder);
        if (archives.length === 0) {
          terminal.say("Nothing is archived.");
          return 0;
        }
        const tables = options.tables === undefined ? undefined : splitNames(options.tables);
        const refused = await askFirst(terminal, {
          yes: options.yes === true,
          question: `Delete ${tables === undefined ? "" : `${tables.join(", ")} of `}${archives.length} archives?`,
          otherwise: "Nothing was deleted",
        });
        if (refused) return refused;
        await dropArchives(archives, tables);
        terminal.print(
          `${archives.length} archives ${tables === undefined ? "deleted" : `without ${tables.join(", ")}`}`,
        );
        return 0;
      }),
    );
}
