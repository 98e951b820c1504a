import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { didYouMean } from "../../near-names.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { printRows, type Cell } from "../output/print-rows.ts";
import { settingValues, type SettingValue } from "../setting-rows.ts";

interface Options extends RowsOptions {
  readonly section?: string;
  readonly defaults?: true;
  readonly includeDescriptions?: true;
}

/** `millrace config list`: every setting, its value, and where that came from. Secrets print as `***`. */
export function makeConfigList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "every setting, its value, and where that came from"))
    .option("--section <section>", "of this section only")
    .option("-a, --defaults", "what holds when nobody says anything, instead of what holds here")
    .option("-d, --include-descriptions", "with what each is for and what fits")
    .action(
      action(shell, ({ config, terminal }, _args: [], options: Options) => {
        const all = settingValues(config);
        const wanted = options.section === undefined ? all : ofSection(all, options.section);
        const rows = wanted.map((each) => ({
          name: each.name,
          value: options.defaults ? ((each.setting.default ?? null) as Cell) : each.shown,
          ...(!options.defaults && { source: each.source }),
          variable: each.variable,
          ...(options.includeDescriptions && { fits: each.setting.fits, description: each.setting.description }),
        }));
        printRows(terminal, rows, { ...options, empty: "" });
        return Promise.resolve();
      }),
    );
}

function ofSection(all: readonly SettingValue[], section: string): readonly SettingValue[] {
  const found = all.filter((each) => each.section === section);
  if (found.length > 0) return found;
  const known = [...new Set(all.map((each) => each.section))];
  const hint = [didYouMean(section, known), `There are ${known.join(", ")}.`].filter((part) => part !== undefined);
  throw new MillraceError("NOT_FOUND", `there is no section "${section}"`, { details: { hint: hint.join(" ") } });
}
