import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import type { ProviderDescription } from "@millrace/core";
import { readProviders, type LoadableProvider, type ProviderEnvironment } from "@millrace/engine";
import type { InstalledProvider } from "@millrace/server";
import { processEnvironment, type Config } from "../config.ts";
import { findProviderPackages, type ProviderPackage } from "./find-provider-packages.ts";

/** The provider packages of a project, with what they bring. */
export interface InstalledProviders {
  /** By package name. One that cannot be read says why. */
  list(): Promise<readonly InstalledProvider[]>;
  /** Those that can be read, for a process that may run their code. */
  loadable(): Promise<readonly LoadableProvider[]>;
}

type Looked = InstalledProvider & Pick<ProviderPackage, "entry">;

/**
 * Opens the providers of a project. What is installed is looked for each time; a package is read once per version and place, in a process of its own,
 * since no code of packages runs in this one. One that could not be read is tried again the next time.
 */
export function openInstalledProviders(config: Pick<Config, "executor" | "projectFolder">): InstalledProviders {
  const environment = providerEnvironment(config);
  const known = new Map<string, ProviderDescription>();
  let looking: Promise<readonly Looked[]> | undefined;

  const look = async (): Promise<readonly Looked[]> => {
    const packages = await findProviderPackages(config.projectFolder);
    const entries = packages.flatMap((each) =>
      each.entry === undefined || known.has(keyOf(each)) ? [] : [each.entry],
    );
    const read = await readProviders(entries, environment);
    return packages.map((each) => {
      const found = each.entry === undefined ? undefined : read.get(each.entry);
      if (found?.ok === true) known.set(keyOf(each), found.provider);
      const provider = known.get(keyOf(each));
      return { ...each, ...(provider && { provider }), ...(found?.ok === false && { fault: found.message }) };
    });
  };
  // Two that ask at once share an answer.
  const lookOnce = (): Promise<readonly Looked[]> =>
    (looking ??= look().finally(() => {
      looking = undefined;
    }));

  return {
    list: async () => (await lookOnce()).map(({ entry: _, ...shown }) => shown),
    loadable: async () =>
      (await lookOnce()).flatMap(({ entry, provider }) => (entry && provider ? [{ entry, provider }] : [])),
  };
}

/** What the code of a project's providers may see of the environment: as much as its tasks. */
export function providerEnvironment({ executor }: Pick<Config, "executor">): ProviderEnvironment {
  const codeCache = getCompileCacheDir();
  return {
    environment: {
      ...processEnvironment(),
      // Node adds its version to the folder.
      ...(codeCache !== undefined && { NODE_COMPILE_CACHE: dirname(codeCache) }),
    },
    environmentNames: [...executor.environment, "NODE_COMPILE_CACHE"],
  };
}

function keyOf({ entry, version }: ProviderPackage): string {
  return `${entry} ${version}`;
}
