import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { MillraceError } from "@millrace/core";

/**
 * Reads the conf of a run from a flag: a JSON object, or `@file` with one.
 *
 * @throws MillraceError BAD_ARGUMENT
 */
export function parseConf(text: string, cwd: string): string {
  const json = text.startsWith("@") ? readText(resolve(cwd, text.slice(1))) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `--conf is not JSON: ${(error as Error).message}`, {
      cause: error,
      details: { hint: `Write it like --conf '{"key": "value"}'.` },
    });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new MillraceError("BAD_ARGUMENT", "--conf must be a JSON object", {
      details: { hint: `Write it like --conf '{"key": "value"}'.` },
    });
  return json;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `--conf: ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
