import { readFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import { parse } from "yaml";
import type { Terminal } from "./terminal.ts";

/** Formats of files to import, by their ending. */
export const IMPORT_FORMATS = "JSON, YAML (.yaml, .yml) or lines NAME=value (.env)";

/**
 * Reads a file with names and values: JSON, YAML, or lines `NAME=value` as its ending says. `-` is standard input, as JSON or YAML.
 *
 * @throws MillraceError BAD_ARGUMENT naming the file and what does not fit, never quoting it: it may hold secrets.
 */
export async function readImport(
  { cwd, readInput }: Pick<Terminal, "cwd" | "readInput">,
  file: string,
): Promise<ReadonlyMap<string, unknown>> {
  const text = file === "-" ? await readInput() : readText(resolve(cwd, file), file);
  const value = parseImport(text, file);
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return new Map(Object.entries(value));
  throw new MillraceError("BAD_ARGUMENT", `${file} must hold an object with a property for each name`);
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function parseImport(text: string, file: string): unknown {
  switch (file === "-" ? ".yaml" : extname(file === ".env" ? "x.env" : file).toLowerCase()) {
    case ".json":
      return parseWith(JSON.parse, text, `${file} is not JSON`);
    case ".yaml":
    case ".yml":
      return parseWith(parse, text, `${file} is neither JSON nor YAML`);
    case ".env":
      return Object.fromEntries(envLines(text, file));
    default:
      throw new MillraceError("BAD_ARGUMENT", `${file}: its ending does not say what it is`, {
        details: { hint: `Use ${IMPORT_FORMATS}, or - for standard input.` },
      });
  }
}

function parseWith(parser: (text: string) => unknown, text: string, sentence: string): unknown {
  try {
    return parser(text);
  } catch (error) {
    // What the parsers say quotes the file. They all name the place in one of these ways.
    const place = /(?:at )?(?:line|position) \d+(?:,? column \d+)?/.exec((error as Error).message)?.[0];
    throw new MillraceError("BAD_ARGUMENT", place === undefined ? sentence : `${sentence} (${place})`);
  }
}

/** As Airflow reads them: no quotes, no escapes; lines that begin with # and empty ones are left out. */
function envLines(text: string, file: string): readonly (readonly [string, string])[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const at = trimmed.indexOf("=");
    if (at < 1) throw new MillraceError("BAD_ARGUMENT", `${file}, line ${index + 1}: it must be NAME=value`);
    return [[trimmed.slice(0, at).trim(), trimmed.slice(at + 1).trim()]];
  });
}
