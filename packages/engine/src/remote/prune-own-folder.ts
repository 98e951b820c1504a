import { statSync, unlinkSync, type Stats } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileTime, listSegments, takeAway } from "../retention/log-segments.ts";

/** What was written within this is left alone: a try may be about to say that it has it. */
const LATELY_MS = 60_000;

/** What the tries that a worker has still need of its own folder. Each is asked right before a file goes. */
export interface OwnFolderNeeds {
  /** @param file the segment's path. */
  readonly segment: (file: string, size: number) => boolean;
  readonly blob: (key: string) => boolean;
  /** @param name its hash as part of a file name. */
  readonly bundle: (name: string) => boolean;
}

/**
 * Removes from a remote worker's own folder what no try of it needs: log segments whose lines the server has, large values that it has or can give
 * again, and compiled DAG files. Without it the folder would grow with all that the worker ever ran. By the clock of the file system; what cannot be
 * removed now is looked at again the next time.
 */
export async function pruneOwnFolder(dataFolder: string, needs: OwnFolderNeeds): Promise<void> {
  const now = await fileTime(dataFolder);
  if (now === undefined) return;
  const isOld = ({ mtimeMs }: Stats): boolean => mtimeMs < now - LATELY_MS;
  const segments = await listSegments(join(dataFolder, "logs"), now - LATELY_MS);
  const unused = [...segments.values()].filter(({ file, size }) => !needs.segment(file, size));
  if (unused.length > 0) await takeAway(unused);
  const blobs = join(dataFolder, "blobs");
  const keyOf = (file: string): string => relative(blobs, file).split(sep).join("/");
  await removeFiles(blobs, (file, info) => isOld(info) && !needs.blob(keyOf(file)));
  const bundles = join(dataFolder, "bundles");
  await removeFiles(bundles, (file, info) => isOld(info) && !needs.bundle(relative(bundles, file).split(".")[0]));
}

/** Removes files below a folder, and folders that are empty then. */
async function removeFiles(folder: string, isUnused: (file: string, info: Stats) => boolean): Promise<void> {
  // No such folder: nothing was written yet.
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await removeFiles(path, isUnused);
      // One with something in it stays.
      await rmdir(path).catch(() => undefined);
    } else removeFile(path, isUnused);
  }
}

/** In one turn of the event loop: between the question and the removal nobody can begin to need it. */
function removeFile(file: string, isUnused: (file: string, info: Stats) => boolean): void {
  try {
    const info = statSync(file, { throwIfNoEntry: false });
    if (info && isUnused(file, info)) unlinkSync(file);
  } catch {
    // The next time.
  }
}
