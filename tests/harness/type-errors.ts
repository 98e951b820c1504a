import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");

/** What the compiler says of these files (name → text), as in a user's project but for names that nobody uses; "" when nothing is wrong. */
export async function typeErrors(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-docs-"));
  try {
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    await mkdir(join(folder, "src"));
    const options = { noUnusedLocals: false, noUnusedParameters: false };
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(ROOT, "tsconfig.base.json"), compilerOptions: options, include: ["src"] }),
    );
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    for (const [name, source] of Object.entries(files)) await writeFile(join(folder, "src", name), source);
    return await compile(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compile(folder: string): Promise<string> {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  try {
    await promisify(execFile)(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { cwd: folder });
    return "";
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}
