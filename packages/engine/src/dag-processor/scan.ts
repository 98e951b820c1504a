import { dirname } from "node:path";
import type { FoundFile } from "@millrace/core";
import type { DagFileCache } from "./dag-file-cache.ts";
import type { DagFile } from "./dag-file.ts";
import { discoverFiles, type DiscoveredFile } from "./discover-files.ts";
import { createFileStamps, type FileStamps } from "./file-stamps.ts";
import type { LoaderPool } from "./loader-pool.ts";
import { createLockReader, type LockReader } from "./lock-hash.ts";
import { readDagFiles, type LateFile } from "./read-dag-files.ts";
import { resolveDuplicates } from "./resolve-duplicates.ts";

/** What a scan works with. */
export interface ScanTools {
  readonly folders: readonly string[];
  readonly loaders: LoaderPool;
  readonly cache?: DagFileCache;
  readonly onScan?: (done: number, total: number) => void;
  /** Hears how long the code of a file took to load. */
  readonly onLoad?: (ms: number) => void;
}

/** What a scan starts from. */
export interface ScanRequest {
  /** Files as they were read before, by path. */
  readonly known: ReadonlyMap<string, DagFile>;
  /** Files that are still being loaded, by path. */
  readonly late?: ReadonlyMap<string, LateFile>;
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
  /** Those that take long to load, by path; until then they are what they were before. */
  readonly late: ReadonlyMap<string, LateFile>;
  /** Lockfiles that the versions depend on. */
  readonly lockfiles: ReadonlySet<string>;
}

/** Looks at every DAG file; compiles and loads the ones that changed. */
export async function scanFolders(tools: ScanTools, request: ScanRequest): Promise<Scan> {
  return await scanFiles(await discoverFiles(tools.folders), tools, request);
}

/** Looks at these files; compiles and loads the ones that changed. */
export async function scanFiles(
  discovered: readonly DiscoveredFile[],
  tools: Omit<ScanTools, "folders">,
  request: ScanRequest,
): Promise<Scan> {
  const stamps = createFileStamps();
  const locks = createLockReader();
  const files = new Map<string, DagFile>();
  const toRead: DiscoveredFile[] = [];
  const late = stillLate(discovered, request.late, stamps);
  for (const each of discovered) {
    if (late.has(each.file)) continue;
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
  const { loaders, onLoad } = tools;
  const { read, late: lateNow } = await readDagFiles(toRead, {
    loaders,
    stamps,
    locks,
    onRead,
    ...(onLoad && { onLoad }),
  });
  for (const each of lateNow) late.set(each.file, each);
  for (const file of late.keys()) {
    const before = request.known.get(file);
    if (before) files.set(file, before);
  }
  for (const each of read) files.set(each.file, keepClaims(each, request.known.get(each.file)));
  const inOrder = discovered.map(({ file }) => files.get(file)).filter((file) => file !== undefined);
  return {
    files: new Map(inOrder.map((file) => [file.file, file])),
    found: resolveDuplicates(inOrder),
    read,
    late,
    lockfiles: locks.files,
  };
}

/** Those of the late files that are still what they were when they were compiled; the others are given up. */
function stillLate(
  discovered: readonly DiscoveredFile[],
  late: ReadonlyMap<string, LateFile> = new Map(),
  stamps: FileStamps,
): Map<string, LateFile> {
  const folders = new Map(discovered.map(({ file, folder }) => [file, folder]));
  const still = new Map<string, LateFile>();
  for (const each of late.values()) {
    if (folders.get(each.file) === each.folder && each.inputs.every((input) => stamps.check(input) !== undefined))
      still.set(each.file, each);
    else each.cancel();
  }
  return still;
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
export function keepClaims(read: DagFile, before: DagFile | undefined): DagFile {
  if (before === undefined || read.found.errors.length === 0) return read;
  return { ...read, claims: [...new Set([...read.claims, ...before.claims])] };
}
