import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pythonWith } from "../servers/python-venv.ts";

const REQUIREMENTS = resolve(import.meta.dirname, "../compat/requirements.txt");

/**
 * The folder with the programs of a Python environment that has `tests/compat/requirements.txt`, made once per set of requirements.
 *
 * @throws Error when python3 or a package cannot be had: a missing judge is a failure
 */
export async function pythonPrograms(): Promise<string> {
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  return dirname(await pythonWith(hash, ["--requirement", REQUIREMENTS]));
}
