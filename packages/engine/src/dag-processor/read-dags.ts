import { dirname, resolve } from "node:path";
import type { FoundFile } from "@millrace/core";
import type { DagFile } from "./dag-file.ts";
import { discoverFiles } from "./discover-files.ts";
import { createFileStamps } from "./file-stamps.ts";
import { createLockReader } from "./lock-hash.ts";
import { makeLoaders, type LoadOptions } from "./make-loaders.ts";
import { readDagFiles } from "./read-dag-files.ts";
import { resolveDuplicates } from "./resolve-duplicates.ts";

/** Which DAG files to read. */
export interface ReadDagsOptions extends LoadOptions {
  /** DAG folders, as the DAG processor has them. */
  readonly folders: readonly string[];
  /** Only these files; they need not lie in a DAG folder. Default: all files of the folders. */
  readonly files?: readonly string[];
}

/** Compiles and loads DAG files without saving anything and without a database. Errors of the files are part of the answer. */
export async function readDags(options: ReadDagsOptions): Promise<readonly FoundFile[]> {
  const folders = options.folders.map((folder) => resolve(folder));
  const files = options.files?.map((path) => {
    const file = resolve(path);
    return { file, folder: folders.find((folder) => file.startsWith(`${folder}/`)) ?? dirname(file) };
  });
  const loaders = makeLoaders(options);
  try {
    const tools = { loaders, stamps: createFileStamps(), locks: createLockReader() };
    const read: readonly DagFile[] = await readDagFiles(files ?? (await discoverFiles(folders)), tools);
    return resolveDuplicates(read);
  } finally {
    loaders.close();
  }
}
