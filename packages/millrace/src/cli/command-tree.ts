import type { Command } from "commander";

/** A command with the words that name it, the program's own left out. */
export interface NamedCommand {
  readonly command: Command;
  readonly path: readonly string[];
}

/** Every command and group that help shows, the program left out, parents before children. */
export function commandTree(program: Command): readonly NamedCommand[] {
  const below = (command: Command, path: readonly string[]): readonly NamedCommand[] =>
    command.commands
      .filter((each) => !each.name().startsWith("_"))
      .flatMap((each) => [{ command: each, path: [...path, each.name()] }, ...below(each, [...path, each.name()])]);
  return below(program, []);
}
