import { dirname, resolve } from "node:path";
import type { FoundFile } from "@millrace/core";
import type { DagFile } from "./dag-file.ts";
import { createFileStamps } from "./file-stamps.ts";
import { createLockReader } from "./lock-hash.ts";
import type { LoaderPool } from "./loader-pool.ts";
import { makeLoaders, openCache, type LoadOptions } from "./make-loaders.ts";
import { readDagFiles, type LateFile } from "./read-dag-files.ts";
import { resolveDuplicates } from "./resolve-duplicates.ts";
import { scanFolders } from "./scan.ts";

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
  try {
    const { read, late } = await (options.files
      ? readNamed(options, options.files, loaders)
      : readAll(options, loaders));
    const soon = resolveDuplicates(read);
    if (late.length === 0 || options.isEnough?.(soon)) return { files: soon, leftOut: late.map(({ file }) => file) };
    return { files: resolveDuplicates([...read, ...(await Promise.all(late.map((file) => file.read)))]), leftOut: [] };
  } finally {
    loaders.close();
  }
}

interface ReadNow {
  readonly read: readonly DagFile[];
  readonly late: readonly LateFile[];
}

async function readNamed(
  { folders }: ReadDagsOptions,
  paths: readonly string[],
  loaders: LoaderPool,
): Promise<ReadNow> {
  const roots = folders.map((folder) => resolve(folder));
  const files = paths.map((path) => {
    const file = resolve(path);
    return { file, folder: roots.find((folder) => file.startsWith(`${folder}/`)) ?? dirname(file) };
  });
  return await readDagFiles(files, { loaders, stamps: createFileStamps(), locks: createLockReader() });
}

async function readAll(options: ReadDagsOptions, loaders: LoaderPool): Promise<ReadNow> {
  const folders = options.folders.map((folder) => resolve(folder));
  const cache = openCache(options);
  const { onScan } = options;
  const scan = await scanFolders({ folders, loaders, cache, ...(onScan && { onScan }) }, { known: new Map() });
  for (const each of scan.read) await cache.keep(each);
  return { read: [...scan.files.values()], late: [...scan.late.values()] };
}
