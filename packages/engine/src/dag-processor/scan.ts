import { dirname } from "node:path";
import type { FoundFile } from "@millrace/core";
import type { DagFileCache } from "./dag-file-cache.ts";
import type { DagFile } from "./dag-file.ts";
import { discoverFiles, type DiscoveredFile } from "./discover-files.ts";
import { createFileStamps, type FileStamps } from "./file-stamps.ts";
import type { LoaderPool } from "./loader-pool.ts";
import { createLockReader, type LockReader } from "./lock-hash.ts";
import { readDagFiles } from "./read-dag-files.ts";
import { resolveDuplicates } from "./resolve-duplicates.ts";

/** What a scan works with. */
export interface ScanTools {
  readonly folders: readonly string[];
  readonly loaders: LoaderPool;
  readonly cache?: DagFileCache;
  readonly onScan?: (done: number, total: number) => void;
}

/** What a scan starts from. */
export interface ScanRequest {
  /** Files as they were read before, by path. */
  readonly known: ReadonlyMap<string, DagFile>;
  /** Says of a file that looks unchanged that it is to be read again all the same. */
  readonly isStale?: (read: DagFile) => boolean;
}

/** All DAG files as they are now. */
export interface Scan {
  readonly files: ReadonlyMap<string, DagFile>;
  /** The same files with duplicate ids settled, in the order of discovery. */
  readonly found: readonly FoundFile[];
  /** Those of them that were read, not known before. */
  readonly read: readonly DagFile[];
  /** Lockfiles that the versions depend on. */
  readonly lockfiles: ReadonlySet<string>;
}

/** Looks at every DAG file; compiles and loads the ones that changed. */
export async function scanFolders(tools: ScanTools, request: ScanRequest): Promise<Scan> {
  const discovered = await discoverFiles(tools.folders);
  const stamps = createFileStamps();
  const locks = createLockReader();
  const files = new Map<string, DagFile>();
  const toRead: DiscoveredFile[] = [];
  for (const each of discovered) {
    const before = request.known.get(each.file) ?? tools.cache?.find(each.file);
    const fresh =
      before === undefined || before.folder !== each.folder || request.isStale?.(before) === true
        ? undefined
        : stillGood(before, stamps, locks);
    if (fresh === undefined) toRead.push(each);
    else files.set(each.file, fresh);
  }
  let done = files.size;
  tools.onScan?.(done, discovered.length);
  const onRead = (): void => tools.onScan?.((done += 1), discovered.length);
  const read = await readDagFiles(toRead, { loaders: tools.loaders, stamps, locks, onRead });
  for (const each of read) files.set(each.file, keepClaims(each, request.known.get(each.file)));
  const inOrder = discovered.map(({ file }) => files.get(file)).filter((file) => file !== undefined);
  return {
    files: new Map(inOrder.map((file) => [file.file, file])),
    found: resolveDuplicates(inOrder),
    read,
    lockfiles: locks.files,
  };
}

/** @returns the file with stamps as of now, or undefined when it or anything that it depends on has changed. */
function stillGood(read: DagFile, stamps: FileStamps, locks: LockReader): DagFile | undefined {
  const inputs = read.inputs.map((input) => stamps.check(input));
  if (inputs.some((input) => input === undefined)) return undefined;
  if (read.found.bundle !== undefined && locks.hash(dirname(read.file), read.packages) !== read.lockHash)
    return undefined;
  return inputs.every((input, index) => input === read.inputs[index])
    ? read
    : { ...read, inputs: inputs.filter((input) => input !== undefined) };
}

/** What a broken file declared when it was last good stays its own. */
function keepClaims(read: DagFile, before: DagFile | undefined): DagFile {
  if (before === undefined || read.found.errors.length === 0) return read;
  return { ...read, claims: [...new Set([...read.claims, ...before.claims])] };
}
