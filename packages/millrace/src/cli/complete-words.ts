import type { Argument, Command, Option } from "commander";

/** Names that only the project knows. */
export interface KnownNames {
  /** DAG id → its task ids. */
  readonly dags: ReadonlyMap<string, readonly string[]>;
}

/** A word that fits, and what it is. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/**
 * What may stand where the cursor is.
 *
 * @param words of the command line after the program; the last one is being written, and may be empty.
 */
export function completeWords(program: Command, words: readonly string[], known: KnownNames): readonly Candidate[] {
  const written = words.at(-1) ?? "";
  const { command, operands, option } = walk(program, words.slice(0, -1));
  const fitting = (candidates: readonly Candidate[]): readonly Candidate[] =>
    candidates.filter(({ word }) => word.startsWith(written));
  if (option) return fitting(valuesOf(option, known));
  if (written.startsWith("-")) return fitting(optionsOf(command));
  if (command.commands.length > 0) return fitting(namesOf(command));
  return fitting(operandsOf(command, operands, known));
}

interface Place {
  readonly command: Command;
  readonly operands: readonly string[];
  /** The last word is an option that takes a value. */
  readonly option?: Option;
}

function walk(program: Command, words: readonly string[]): Place {
  let command = program;
  const operands: string[] = [];
  let option: Option | undefined;
  for (const word of words) {
    if (option) {
      option = undefined;
    } else if (word.startsWith("-")) {
      const found = command.options.find((each) => each.short === word || each.long === word);
      option = found?.required || found?.optional ? found : undefined;
    } else {
      const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
      if (next) command = next;
      else operands.push(word);
    }
  }
  return { command, operands, ...(option && { option }) };
}

function namesOf(command: Command): readonly Candidate[] {
  return command.commands
    .filter((each) => !each.name().startsWith("_"))
    .map((each) => ({ word: each.name(), about: each.description() }));
}

function optionsOf(command: Command): readonly Candidate[] {
  return command.options
    .filter(({ hidden, long }) => !hidden && long !== undefined)
    .map(({ long, description }) => ({ word: long ?? "", about: description }));
}

function valuesOf(option: Option, { dags }: KnownNames): readonly Candidate[] {
  if (option.argChoices) return option.argChoices.map((word) => ({ word, about: "" }));
  return /<dag_id>/.test(option.flags) ? dagsOf(dags) : [];
}

function operandsOf(command: Command, before: readonly string[], { dags }: KnownNames): readonly Candidate[] {
  const declared: readonly Argument[] = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[before.length] ?? (last?.variadic ? last : undefined);
  if (argument?.argChoices) return argument.argChoices.map((word) => ({ word, about: "" }));
  if (argument?.name() === "dag_id") return dagsOf(dags);
  if (argument?.name() === "task_id")
    return (dags.get(before[0]) ?? []).map((word) => ({ word, about: `task of ${before[0]}` }));
  if (argument?.name() === "run") return [{ word: "latest", about: "the newest run" }];
  return [];
}

function dagsOf(dags: KnownNames["dags"]): readonly Candidate[] {
  return [...dags].map(([word, tasks]) => ({
    word,
    about: `DAG with ${tasks.length} ${tasks.length === 1 ? "task" : "tasks"}`,
  }));
}
