import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { subset } from "semver";

const ROOT = path.resolve(import.meta.dirname, "..");
const FLOOR = ">=22.18";
/** What brings a dependency that asks for more. */
const HIGHER_FLOORS: Readonly<Record<string, string>> = {
  "providers/kafka/package.json": ">=22.22",
  "pipelines/domain-ingestion/package.json": ">=22.22",
};

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

const manifests = globSync("{packages,providers,pipelines}/*/package.json", { cwd: ROOT }).sort();
const read = (file: string): Manifest => JSON.parse(readFileSync(path.join(ROOT, file), "utf8")) as Manifest;
const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};
describe.each(manifests)("%s", (file) => {
  const manifest = read(file);

  test("names the oldest Node that it runs on", () => {
    expect(manifest.engines?.node).toBe(HIGHER_FLOORS[file] ?? FLOOR);
  });

  test("has no dependency, also no indirect one, that needs a newer Node", () => {
    const needed = dependenciesOf(path.dirname(file));
    expect(needed.size).toBeGreaterThanOrEqual(Object.keys(manifest.dependencies ?? {}).length);
    const tooNew = [...needed].flatMap((place) => {
      const { engines, version } = lock.packages[place];
      const isFine = engines?.node === undefined || subset(manifest.engines?.node ?? "*", engines.node);
      return isFine ? [] : [`${place}@${version} needs ${engines.node}`];
    });
    expect(tooNew).toEqual([]);
  });

  test("pins every dependency to an exact version", () => {
    const loose = Object.entries(manifest.dependencies ?? {}).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  const foreign = Object.keys(manifest.dependencies ?? {}).filter((name) => !/^(@millrace\/|millrace$)/.test(name));
  test.each(foreign)("%s can be imported", async (name) => {
    const entry = createRequire(path.join(ROOT, file)).resolve(name);
    const module = (await import(pathToFileURL(entry).href)) as object;
    expect(Object.keys(module).length).toBeGreaterThan(0);
  });
});

/** Where the lockfile has what a package needs, directly or not. */
function dependenciesOf(place: string, found = new Set<string>()): ReadonlySet<string> {
  const { dependencies = {}, optionalDependencies = {} } = lock.packages[place] ?? {};
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const at = placeOf(name, place);
    if (at === undefined || found.has(at)) continue;
    found.add(at);
    dependenciesOf(at, found);
  }
  return found;
}

/** As Node looks for a package: beside its dependent, then in each folder above. A workspace is linked to where it is. */
function placeOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const at = path.join(folder === "." ? "" : folder, "node_modules", name);
    const entry = lock.packages[at];
    if (entry) return entry.link === true ? (entry.resolved ?? at) : at;
    if (folder === ".") return undefined;
  }
}

test("the lockfile names no registry", () => {
  expect(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")).not.toMatch(/"resolved": "https?:/);
});
