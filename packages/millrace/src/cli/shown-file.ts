import { relative } from "node:path";
import type { CommandContext } from "./make-command.ts";

/** A DAG file as commands show it: from the project's folder on; that of a server, which is of another machine, as it is called there. */
export function shownFile({ remote, config }: Pick<CommandContext, "remote" | "config">, file: string): string {
  return remote ? file : relative(config.projectFolder, file);
}
