import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What a folder holds, with all below it. */
export interface FolderSize {
  readonly files: number;
  readonly bytes: number;
}

/** Adds up the files of a folder. One that is not there is empty; a file that goes meanwhile is left out. */
export async function readFolderSize(folder: string): Promise<FolderSize> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let [files, bytes] = [0, 0];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const inner = await readFolderSize(path);
      files += inner.files;
      bytes += inner.bytes;
    } else {
      const info = await stat(path).catch(() => undefined);
      if (info === undefined) continue;
      files += 1;
      bytes += info.size;
    }
  }
  return { files, bytes };
}
