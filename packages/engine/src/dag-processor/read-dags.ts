import { dirname, resolve } from "node:path";
import type { FoundFile } from "@millrace/core";
import { discoverFiles, type DiscoveredFile } from "./discover-files.ts";
import { makeLoaders, openCache, type LoadOptions } from "./make-loaders.ts";
import { resolveDuplicates } from "./resolve-duplicates.ts";
import { scanFiles } from "./scan.ts";

/** Which DAG files to read. */
export interface ReadDagsOptions extends LoadOptions {
  /** DAG folders, as the DAG processor has them. */
  readonly folders: readonly string[];
  /** Only these files; they need not lie in a DAG folder. Default: all files of the folders. */
  readonly files?: readonly string[];
  /** Says of what has been read that nobody needs to wait for files that take long to load. Default: they are waited for. */
  readonly isEnough?: (files: readonly FoundFile[]) => boolean;
  /** Progress, in files. */
  readonly onScan?: (done: number, total: number) => void;
}

/** DAG files as they are on disk. */
export interface DagsOnDisk {
  readonly files: readonly FoundFile[];
  /** Paths of files that were left out because they take long to load. */
  readonly leftOut: readonly string[];
}

/**
 * Compiles and loads DAG files without saving them and without a database; those that have not changed since a DAG processor last read them come
 * from its cache. Errors of the files are part of the answer.
 */
export async function readDags(options: ReadDagsOptions): Promise<DagsOnDisk> {
  const loaders = makeLoaders(options);
  const cache = openCache(options);
  const folders = options.folders.map((folder) => resolve(folder));
  const { onScan } = options;
  try {
    const chosen = options.files ? named(folders, options.files) : await discoverFiles(folders);
    const scan = await scanFiles(chosen, { loaders, cache, ...(onScan && { onScan }) }, { known: new Map() });
    for (const each of scan.read) await cache.keep(each);
    if (scan.late.size === 0 || options.isEnough?.(scan.found))
      return { files: scan.found, leftOut: [...scan.late.keys()] };
    const late = await Promise.all([...scan.late.values()].map((file) => file.read));
    const all = new Map([...scan.files.values(), ...late].map((file) => [file.file, file]));
    const inOrder = chosen.map(({ file }) => all.get(file)).filter((file) => file !== undefined);
    return { files: resolveDuplicates(inOrder), leftOut: [] };
  } finally {
    loaders.close();
  }
}

function named(folders: readonly string[], paths: readonly string[]): readonly DiscoveredFile[] {
  return paths.map((path) => {
    const file = resolve(path);
    return { file, folder: folders.find((folder) => file.startsWith(`${folder}/`)) ?? dirname(file) };
  });
}
