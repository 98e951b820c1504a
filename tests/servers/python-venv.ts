import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedFolder } from "./cached-folder.ts";

const run = promisify(execFile);

/**
 * The Python of an environment with packages of PyPI, made once below `.cache/servers`.
 *
 * @param name of the environment, with the version of what matters in it. @param packages with their versions
 * @throws Error when python3 with venv is missing, or a package cannot be had: a missing judge is a failure
 */
export async function pythonWith(name: string, packages: readonly string[]): Promise<string> {
  const folder = await cachedFolder(`python-${name}`, async (fresh) => {
    try {
      await run("python3", ["-m", "venv", fresh]);
      await run(join(fresh, "bin/python"), ["-m", "pip", "install", "--quiet", "--no-compile", ...packages]);
    } catch (cause) {
      throw new Error(
        `${packages.join(", ")} cannot be installed: python3 with venv (Debian: python3-venv) and PyPI are needed`,
        { cause },
      );
    }
  });
  return join(folder, "bin/python");
}
