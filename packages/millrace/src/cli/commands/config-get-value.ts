import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { didYouMean } from "../../near-names.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import type { Cell } from "../output/print-rows.ts";
import { settingValues } from "../setting-rows.ts";

/** `millrace config get-value SECTION OPTION`: the value alone, in clear. Names may be written as in Airflow, `dag_folders`. */
export function makeConfigGetValue(shell: Shell): Command {
  return makeCommand("get-value", "print the value of one setting, a secret in clear; a list with commas")
    .argument("<section>", "or section.option")
    .argument("[option]")
    .action(
      action(shell, ({ config, terminal }, [section, option]: [string, string | undefined]) => {
        const name = camel(option === undefined ? section : `${section}.${option}`);
        const all = settingValues(config);
        const found = all.find((each) => each.name === name);
        if (!found) {
          const near = didYouMean(
            name,
            all.map((each) => each.name),
          );
          const hint = [near, "`millrace config list` shows all."].filter((part) => part !== undefined).join(" ");
          throw new MillraceError("NOT_FOUND", `there is no setting "${name}"`, { details: { name, hint } });
        }
        const { value } = found;
        terminal.print(textOf(value));
        return Promise.resolve();
      }),
    );
}

function textOf(value: Cell): string {
  if (value === null) return "";
  if (typeof value !== "object") return String(value);
  return Array.isArray(value) ? value.join(",") : JSON.stringify(value);
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
