import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MOUNT = "/usr/bin/mount";
const UMOUNT = "/usr/bin/umount";

/** A file system of its own that a test can fill. */
export interface SmallDisk extends Disposable {
  readonly folder: string;
  /** Takes all of its room but so many bytes, rounded to pages. */
  fill(leaveBytes: number): void;
  /** Gives back what was taken. */
  free(): void;
}

/**
 * Mounts a file system in memory.
 *
 * @param where a folder that is to be its root; made if it is not there. Default a temporary one.
 * @throws Error for anybody but root: only root may mount, and a disk that is full for one user alone cannot be had without
 */
export function smallDisk(sizeMebibytes: number, where?: string): SmallDisk {
  if (process.getuid?.() !== 0) throw new Error("a small disk has to be mounted by root: run these tests as root");
  const folder = where ?? mkdtempSync(join(tmpdir(), "millrace-disk-"));
  mkdirSync(folder, { recursive: true });
  execFileSync(MOUNT, ["-t", "tmpfs", "-o", `size=${sizeMebibytes}m,mode=0777`, "tmpfs", folder]);
  const filler = join(folder, "filler");
  const free = (): void => rmSync(filler, { force: true });
  return {
    folder,
    fill: (leaveBytes) => {
      free();
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
    },
    free,
    [Symbol.dispose]: () => {
      // Whoever still has a file open there, keeps it for himself.
      execFileSync(UMOUNT, ["--lazy", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
