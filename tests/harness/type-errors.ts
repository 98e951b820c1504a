import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");
const KEPT = join(ROOT, ".cache/types/tests.tsbuildinfo");

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
    return await compileTypes(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * What the compiler says of the project in a folder directly below that for temporary files; "" when nothing is wrong. What it found out of Millrace's own
 * modules is kept for the next: most of the time goes into these, and they are the same each time.
 */
export async function compileTypes(folder: string): Promise<string> {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const own = join(folder, "types.tsbuildinfo");
  await mkdir(dirname(KEPT), { recursive: true });
  await copyFile(KEPT, own).catch(() => undefined);
  const incremental = ["--incremental", "--tsBuildInfoFile", own];
  try {
    await promisify(execFile)(process.execPath, [tsc, "-p", folder, "--pretty", "false", ...incremental]);
    return "";
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  } finally {
    await keep(own);
  }
}

/** What knows of more modules serves more; it is replaced at once, since others read it at the same time. */
async function keep(own: string): Promise<void> {
  const sizeOf = async (file: string): Promise<number> =>
    await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
  if ((await sizeOf(own)) <= (await sizeOf(KEPT))) return;
  const part = `${KEPT}.${process.pid}`;
  await copyFile(own, part);
  await rename(part, KEPT);
}
