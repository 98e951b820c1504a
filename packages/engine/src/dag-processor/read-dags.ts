import { dirname, resolve } from "node:path";
import type { FoundFile } from "@millrace/core";
import { discoverFiles, type DiscoveredFile } from "./discover-files.ts";
import { makeLoaders, openCache, type LoadOptions } from "./make-loaders.ts";
import { hasDags, withLimitsFor } from "./wanted-dags.ts";
import { resolveDuplicates } from "./resolve-duplicates.ts";
import { SchedulesFile, type SchedulesSource } from "./schedules-file.ts";
import { scanFiles } from "./scan.ts";

/** Which DAG files to read. */
export interface ReadDagsOptions extends LoadOptions {
  /** DAG folders, as the DAG processor has them. */
  readonly folders: readonly string[];
  /** Only these files; they need not lie in a DAG folder. Default: all files of the folders. */
  readonly files?: readonly string[];
  /** The DAGs that are wanted: once they are found, files that take long to load are waited for no more. Default: all there are. */
  readonly dagIds?: readonly string[];
  /** A file with schedules that DAGs have instead of their own. */
  readonly schedules?: SchedulesSource;
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
  const loaders = makeLoaders(withLimitsFor(options.dagIds, options));
  const cache = openCache(options);
  const folders = options.folders.map((folder) => resolve(folder));
  const { onScan } = options;
  try {
    const chosen = options.files ? named(folders, options.files) : await discoverFiles(folders);
    const scan = await scanFiles(chosen, { loaders, cache, ...(onScan && { onScan }) }, { known: new Map() });
    for (const each of scan.read) await cache.keep(each);
    const files = new Map(scan.files);
    const late = new Map(scan.late);
    const found = (): readonly FoundFile[] =>
      resolveDuplicates(chosen.map(({ file }) => files.get(file)).filter((file) => file !== undefined));
    while (late.size > 0 && !hasDags(found(), options.dagIds)) {
      const read = await Promise.race([...late.values()].map((file) => file.read));
      files.set(read.file, read);
      late.delete(read.file);
    }
    const schedules = options.schedules && new SchedulesFile(options.schedules, options.dataFolder);
    const isComplete = late.size === 0 && options.files === undefined;
    const scheduled = await schedules?.apply({ found: found(), isComplete });
    return { files: scheduled ?? found(), leftOut: [...late.keys()] };
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
