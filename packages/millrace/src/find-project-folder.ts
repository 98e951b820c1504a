import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MillraceError } from "@millrace/core";

/**
 * The folder of the project: `named` when given, else the nearest one above `cwd` (itself first) with a `millrace.json`, else `cwd`.
 *
 * @throws MillraceError BAD_ARGUMENT when the named folder does not exist.
 */
export function findProjectFolder(cwd: string, named?: string): string {
  if (named !== undefined) {
    const folder = resolve(cwd, named);
    if (existsSync(folder)) return folder;
    throw new MillraceError(
      "BAD_ARGUMENT",
      `there is no folder ${folder}; --project names the folder with millrace.json`,
    );
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "millrace.json"))) return folder;
    if (dirname(folder) === folder) return resolve(cwd);
  }
}
