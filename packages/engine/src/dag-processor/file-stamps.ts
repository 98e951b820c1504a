import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

/** What a file looked like when it was read. */
export interface FileStamp {
  readonly path: string;
  /** Time of change, size and identity on disk: when they are the same the content is taken to be the same. */
  readonly stat: string;
  /** Hash of the content. */
  readonly hash: string;
}

/** Compares files with their stamps. Good for one scan: it looks at each file once. */
export interface FileStamps {
  stamp(path: string): FileStamp | undefined;
  /** @returns the same stamp, a new one when only the times differ, undefined when the content differs or the file is gone. */
  check(stamp: FileStamp): FileStamp | undefined;
}

/** Looks at files as they are now. */
export function createFileStamps(): FileStamps {
  const stats = new Map<string, string | undefined>();
  const hashes = new Map<string, string | undefined>();
  const once = (
    known: Map<string, string | undefined>,
    path: string,
    read: (path: string) => string | undefined,
  ): string | undefined => {
    if (!known.has(path)) known.set(path, read(path));
    return known.get(path);
  };
  const stamp = (path: string): FileStamp | undefined => {
    const stat = once(stats, path, statOf);
    const hash = stat === undefined ? undefined : once(hashes, path, hashOf);
    return stat === undefined || hash === undefined ? undefined : { path, stat, hash };
  };
  return {
    stamp,
    check(known) {
      const stat = once(stats, known.path, statOf);
      if (stat === known.stat) return known;
      const now = stamp(known.path);
      return now?.hash === known.hash ? now : undefined;
    },
  };
}

function statOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.mtimeMs}:${stat.size}:${stat.ino}` : undefined;
}

function hashOf(path: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    // Gone since it was looked at: the same as a file that is not there.
    return undefined;
  }
}
