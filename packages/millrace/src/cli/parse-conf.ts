import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { MillraceError } from "@millrace/core";

/**
 * Reads a JSON object from a flag, the conf of a run for example: its text, or `@file` with one.
 *
 * @param flag for the message; default `--conf`.
 * @throws MillraceError BAD_ARGUMENT
 */
export function parseConf(text: string, cwd: string, flag = "--conf"): string {
  const json = text.startsWith("@") ? readText(resolve(cwd, text.slice(1)), flag) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `${flag} is not JSON: ${(error as Error).message}`, {
      cause: error,
      details: { hint: `Write it like ${flag} '{"key": "value"}'.` },
    });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new MillraceError("BAD_ARGUMENT", `${flag} must be a JSON object`, {
      details: { hint: `Write it like ${flag} '{"key": "value"}'.` },
    });
  return json;
}

function readText(path: string, flag: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `${flag}: ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
