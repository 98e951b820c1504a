import type { Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { packageVersion } from "../package-version.ts";

/** `millrace version`. */
export function makeVersion(shell: Shell): Command {
  return makeCommand("version", "print the version of Millrace").action(
    action(shell, async ({ terminal }) => {
      terminal.print(packageVersion());
    }),
  );
}
