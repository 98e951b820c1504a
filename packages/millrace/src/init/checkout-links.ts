import { existsSync, readFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

/** Where the running Millrace lies. */
export interface Checkout {
  readonly packageFolder: string;
  readonly version: string;
  /** True when it runs from its sources, not from an installed package. */
  readonly isSource: boolean;
}

/** Finds the package that this code belongs to. */
export function findCheckout(): Checkout {
  const packageFolder = resolve(import.meta.dirname, "../..");
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
    readonly version: string;
  };
  return { packageFolder, version, isSource: import.meta.filename.endsWith(".ts") };
}

/**
 * Makes the packages of the checkout available to a project, as an installation would: sources are not in any registry. What exists in its
 * node_modules is left alone.
 */
export async function linkFromCheckout({ packageFolder }: Checkout, project: string): Promise<void> {
  const modules = join(project, "node_modules");
  const from = createRequire(join(packageFolder, "package.json"));
  const packages: Readonly<Record<string, string>> = {
    millrace: packageFolder,
    typescript: dirname(from.resolve("typescript/package.json")),
    "@types/node": dirname(from.resolve("@types/node/package.json")),
  };
  const programs = { millrace: "../millrace/bin/millrace.mjs", tsc: "../typescript/bin/tsc" };
  for (const [name, target] of Object.entries(packages)) {
    const link = join(modules, name);
    await linkNew(link, relative(dirname(link), target));
  }
  for (const [name, target] of Object.entries(programs)) await linkNew(join(modules, ".bin", name), target);
}

async function linkNew(link: string, target: string): Promise<void> {
  if (existsSync(link)) return;
  await mkdir(dirname(link), { recursive: true });
  await symlink(target, link);
}
