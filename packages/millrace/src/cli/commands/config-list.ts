import type { Command } from "commander";
import { environmentName, SETTINGS } from "../../config.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { printRows, type Row } from "../output/print-rows.ts";

/** `millrace config list`: every setting, its value, and where that came from. Secrets print as `***`. */
export function makeConfigList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "every setting, its value, and where that came from")).action(
    action(shell, async ({ config, terminal }, _args: [], options: RowsOptions) => {
      const rows: Row[] = [];
      for (const [section, settings] of Object.entries(SETTINGS)) {
        const values = config[section as keyof typeof SETTINGS] as Readonly<Record<string, unknown>>;
        for (const [key, setting] of Object.entries<{ readonly isSecret?: true }>(settings)) {
          const name = `${section}.${key}`;
          const isSecret = setting.isSecret === true && values[key] !== undefined;
          rows.push({
            name,
            value: isSecret ? "***" : valueText(values[key]),
            source: config.sources.get(name) ?? "default",
            variable: environmentName(section, key),
          });
        }
      }
      printRows(terminal, rows, { ...options, empty: "" });
    }),
  );
}

function valueText(value: unknown): string | number | boolean | null | readonly string[] {
  if (value === undefined) return null;
  return value as string | number | boolean | readonly string[];
}
