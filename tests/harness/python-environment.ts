import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "../..");
const REQUIREMENTS = join(ROOT, "tests/compat/requirements.txt");
const run = promisify(execFile);

/**
 * The folder with the programs of a Python environment that has `tests/compat/requirements.txt`. Made once per set of requirements, below `.cache`.
 *
 * @throws Error when python3 or a package cannot be had: a missing judge is a failure
 */
export async function pythonPrograms(): Promise<string> {
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const folder = join(ROOT, ".cache", `python-${hash}`);
  if (existsSync(folder)) return join(folder, "bin");
  const draft = `${folder}.${process.pid}`;
  await mkdir(join(ROOT, ".cache"), { recursive: true });
  try {
    await run("python3", ["-m", "venv", draft]);
    await run(join(draft, "bin/python"), ["-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS]);
    // Another test file may have been faster; scripts in the folder name it, so they are called through its python.
    await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw new Error("the Python environment of the tests cannot be made: python3 with venv, and PyPI, are needed", {
      cause: error,
    });
  }
  return join(folder, "bin");
}
