import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import type { Terminal } from "./terminal.ts";

/**
 * Writes what is exported into a file that only its owner can read, or to standard output for `-` and `/dev/stdout`; says what it did beside.
 *
 * @param what for example `3 pools`.
 * @throws MillraceError BAD_ARGUMENT when the file cannot be written.
 */
export function writeExport(
  terminal: Terminal,
  file: string,
  { text, what }: { readonly text: string; readonly what: string },
): void {
  if (file === "-" || file === "/dev/stdout") {
    terminal.print(text.trimEnd());
    return;
  }
  try {
    // An existing file keeps its mode, so it is said for new ones only.
    writeFileSync(resolve(terminal.cwd, file), `${text.trimEnd()}\n`, { mode: 0o600 });
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
  terminal.say(`${what} written to ${file}`);
}

/** `1 pool`, `3 pools`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
