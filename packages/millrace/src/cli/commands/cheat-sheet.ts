import type { Command } from "commander";
import { commandTree } from "../command-tree.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace cheat-sheet`: every command in a line. */
export function makeCheatSheet(shell: Shell, program: Command): Command {
  return addRowsOptions(makeCommand("cheat-sheet", "list all commands")).action(
    action(shell, (context, _args: [], options: RowsOptions) => {
      const rows = commandTree(program)
        .filter(({ command }) => command.commands.length === 0)
        .map(({ command, path }) => ({ command: ["millrace", ...path].join(" "), description: command.description() }));
      printRows(context.terminal, rows, { ...options, empty: "" });
      return Promise.resolve();
    }),
  );
}
