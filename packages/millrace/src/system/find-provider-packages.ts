import { readdir, readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const OWN_PACKAGE = new URL("../../package.json", import.meta.url);
const CONDITIONS: ReadonlySet<string> = new Set(["node", "import", "default"]);

/** A provider package that is installed. */
export interface ProviderPackage {
  /** Like `@millrace/provider-standard`. */
  readonly packageName: string;
  readonly version: string;
  /** Plain text, possibly empty. */
  readonly description: string;
  /** URL of the module behind its `./provider`; absent where it has none. */
  readonly entry?: string;
}

/**
 * The provider packages that DAG files of a project can import, by name: those that come with Millrace, and `@millrace/provider-*` and `millrace-provider-*`
 * in the project's own `node_modules`, which come first.
 */
export async function findProviderPackages(projectFolder: string): Promise<readonly ProviderPackage[]> {
  const modules = join(projectFolder, "node_modules");
  const [scoped, plain, own] = await Promise.all([
    namesIn(join(modules, "@millrace")),
    namesIn(modules),
    readPackage(OWN_PACKAGE),
  ]);
  const names = [...scoped.map((name) => `@millrace/${name}`), ...plain, ...Object.keys(own?.dependencies ?? {})];
  const found = new Map<string, ProviderPackage>();
  for (const name of new Set(names.filter((each) => /^(@millrace\/provider|millrace-provider)-/.test(each)))) {
    const provider = await describe(name, projectFolder);
    if (provider) found.set(name, provider);
  }
  return [...found.values()].sort((a, b) => (a.packageName < b.packageName ? -1 : 1));
}

async function describe(name: string, projectFolder: string): Promise<ProviderPackage | undefined> {
  for (const from of [pathToFileURL(join(projectFolder, "package.json")), OWN_PACKAGE]) {
    const path = findPackage(name, from);
    const read = path === undefined ? undefined : await readPackage(path);
    if (path === undefined || read === undefined) continue;
    const module = targetOf(read.exports);
    return {
      packageName: name,
      version: read.version ?? "",
      description: read.description ?? "",
      ...(module !== undefined && { entry: pathToFileURL(join(dirname(path), module)).href }),
    };
  }
  return undefined;
}

/** What an import of its `./provider` would get. Node resolves exports only for a module that imports, and none of the package may run here. */
function targetOf(exports: unknown): string | undefined {
  let target = typeof exports === "object" && exports !== null ? (exports as Conditions)["./provider"] : undefined;
  while (typeof target === "object" && target !== null) {
    const [, chosen] = Object.entries(target).find(([condition]) => CONDITIONS.has(condition)) ?? [];
    target = chosen;
  }
  return typeof target === "string" ? target : undefined;
}

function findPackage(name: string, from: URL): string | undefined {
  try {
    return findPackageJSON(name, from);
  } catch {
    // It is not installed here.
    return undefined;
  }
}

type Conditions = Readonly<Record<string, unknown>>;

interface PackageJson {
  readonly version?: string;
  readonly description?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
}

async function readPackage(path: string | URL): Promise<PackageJson | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as PackageJson);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}
