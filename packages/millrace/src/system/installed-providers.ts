import { readdir, readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { InstalledProvider } from "@millrace/server";

const OWN_PACKAGE = new URL("../../package.json", import.meta.url);

/**
 * The provider packages that DAG files of a project can import, by name: those that come with Millrace, and `@millrace/provider-*` and `millrace-provider-*`
 * in the project's own `node_modules`, which come first.
 */
export async function installedProviders(projectFolder: string): Promise<readonly InstalledProvider[]> {
  const modules = join(projectFolder, "node_modules");
  const [scoped, plain, own] = await Promise.all([
    namesIn(join(modules, "@millrace")),
    namesIn(modules),
    readPackage(OWN_PACKAGE),
  ]);
  const names = [...scoped.map((name) => `@millrace/${name}`), ...plain, ...Object.keys(own?.dependencies ?? {})];
  const found = new Map<string, InstalledProvider>();
  for (const name of new Set(names.filter((each) => /^(@millrace\/provider|millrace-provider)-/.test(each)))) {
    const provider = await describe(name, projectFolder);
    if (provider) found.set(name, provider);
  }
  return [...found.values()].sort((a, b) => (a.packageName < b.packageName ? -1 : 1));
}

async function describe(name: string, projectFolder: string): Promise<InstalledProvider | undefined> {
  for (const from of [pathToFileURL(join(projectFolder, "package.json")), OWN_PACKAGE]) {
    const path = findPackage(name, from);
    const read = path === undefined ? undefined : await readPackage(path);
    if (read) return { packageName: name, version: read.version ?? "", description: read.description ?? "" };
  }
  return undefined;
}

function findPackage(name: string, from: URL): string | undefined {
  try {
    return findPackageJSON(name, from);
  } catch {
    // It is not installed here.
    return undefined;
  }
}

interface PackageJson {
  readonly version?: string;
  readonly description?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

async function readPackage(path: string | URL): Promise<PackageJson | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as PackageJson);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}
