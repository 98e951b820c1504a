import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { subset } from "semver";

const ROOT = path.resolve(import.meta.dirname, "..");
const FLOOR = ">=22.18";

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
}

const manifests = globSync("{packages,providers,pipelines}/*/package.json", { cwd: ROOT }).sort();
const read = (file: string): Manifest => JSON.parse(readFileSync(path.join(ROOT, file), "utf8")) as Manifest;
const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};
const production = Object.entries(lock.packages).filter(
  ([place, entry]) => place.includes("node_modules/") && entry.dev !== true && entry.link !== true,
);

describe.each(manifests)("%s", (file) => {
  const manifest = read(file);

  test("names the oldest Node that it runs on", () => {
    expect(manifest.engines?.node).toBe(FLOOR);
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

test("every production dependency, also an indirect one, runs on the oldest Node that we promise", () => {
  const tooNew = production
    .filter(([, { engines }]) => engines?.node !== undefined && !subset(FLOOR, engines.node))
    .map(([place, { engines, version }]) => `${place}@${version} needs ${engines?.node}`);
  expect(production.length).toBeGreaterThan(10);
  expect(tooNew).toEqual([]);
});

test("the lockfile names no registry", () => {
  expect(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")).not.toMatch(/"resolved": "https?:/);
});
