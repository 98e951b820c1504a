import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import type { Terminal } from "./terminal.ts";

/** An entry of a list in a file: its texts, and its lists of texts. */
export interface ListEntry {
  /** @throws MillraceError BAD_ARGUMENT when it is no text, or is missing without a default */
  text(key: string, fallback?: string): string;
  /** A list of texts, or a text with commas. @throws MillraceError BAD_ARGUMENT */
  texts(key: string): readonly string[];
}

/** Reads a JSON file with a list of objects; `-` is standard input. @throws MillraceError BAD_ARGUMENT, never quoting the file */
export async function readJsonList(
  { cwd, readInput }: Pick<Terminal, "cwd" | "readInput">,
  file: string,
): Promise<readonly ListEntry[]> {
  const value = parse(file === "-" ? await readInput() : readText(resolve(cwd, file), file), file);
  if (!Array.isArray(value)) throw new MillraceError("BAD_ARGUMENT", `${file} must hold a list of objects`);
  return value.map((entry: unknown, index) => entryOf(entry, `${file}, entry ${index + 1}`));
}

function entryOf(value: unknown, where: string): ListEntry {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new MillraceError("BAD_ARGUMENT", `${where}: it must be an object`);
  const fields = value as Readonly<Record<string, unknown>>;
  const text = (key: string, fallback?: string): string => {
    const found = fields[key] ?? fallback;
    if (typeof found === "string") return found;
    throw new MillraceError("BAD_ARGUMENT", `${where}: "${key}" must be a text`);
  };
  return {
    text,
    texts: (key) => {
      const found = fields[key];
      if (Array.isArray(found) && found.every((part) => typeof part === "string")) return found;
      return text(key, "")
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "");
    },
  };
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MillraceError("BAD_ARGUMENT", `${file} is not JSON`);
  }
}
