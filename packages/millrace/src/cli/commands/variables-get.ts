import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { findSecret, missingVariable } from "../find-secrets.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";

interface Options {
  readonly json?: true;
  readonly default?: string;
}

/** `millrace variables get KEY`: the value alone, in clear, as a task would get it: from the places that the configuration names. */
export function makeVariablesGet(shell: Shell): Command {
  return makeCommand("get", "print the value of a variable, in clear, as a task would get it")
    .argument("<key>")
    .option("-j, --json", "it must be JSON; print it in lines")
    .option("-d, --default <value>", "print this when there is no such variable")
    .action(
      action(shell, async (context, [key]: [string], options: Options) => {
        const found = await findSecret(context, (place) => place.variable(key));
        const value = found?.value ?? options.default;
        if (value === undefined) throw await withDatabase(context, (project) => missingVariable(project, key));
        context.terminal.print(options.json ? asJson(key, value) : value);
      }),
    );
}

function asJson(key: string, value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), undefined, 2);
  } catch {
    // The parser's message quotes the value, which may be secret.
    throw new MillraceError("BAD_ARGUMENT", `the value of ${key} is not JSON`, {
      details: { key, hint: "Without --json it is printed as it is." },
    });
  }
}
