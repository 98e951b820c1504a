import type { Command } from "commander";
import { MillraceError } from "@millrace/core";
import { nearNames } from "../near-names.ts";
import { OLD_WORDS } from "./old-words.ts";

/**
 * The error for words that name no command: with what Airflow's or Dagster's word is here, else with near names, those of other groups included.
 *
 * @returns undefined when the words name a command, or an option comes first.
 */
export function findUnknownWord(program: Command, args: readonly string[]): MillraceError | undefined {
  let at = program;
  const path: string[] = [];
  for (const word of args) {
    if (at.commands.length === 0 || word.startsWith("-")) return undefined;
    const next = at.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (!next) return unknown(program, at, { path, word });
    at = next;
    path.push(next.name());
  }
  return undefined;
}

function unknown(
  program: Command,
  group: Command,
  { path, word }: { readonly path: readonly string[]; readonly word: string },
): MillraceError {
  const full = [...path, word].join(" ");
  const help = `\`${["millrace", ...path].join(" ")} --help\` shows what there is.`;
  const hint =
    OLD_WORDS[full] ?? [suggestion(program, group, word), help].filter((part) => part !== undefined).join(" ");
  return new MillraceError("BAD_ARGUMENT", `there is no command "${full}"`, { details: { hint } });
}

function suggestion(program: Command, group: Command, word: string): string | undefined {
  const near = nearNames(
    word,
    visible(group).map((each) => each.name()),
  );
  if (near.length > 0) return `Did you mean ${near.join(" or ")}?`;
  const elsewhere = visible(program)
    .flatMap((parent) => visible(parent).map((each) => `${parent.name()} ${each.name()}`))
    .filter((path) => path.split(" ")[1] === word);
  if (elsewhere.length === 0) return undefined;
  return `Did you mean ${elsewhere.map((path) => `\`millrace ${path}\``).join(" or ")}?`;
}

function visible(command: Command): readonly Command[] {
  return command.commands.filter((each) => !each.name().startsWith("_"));
}
