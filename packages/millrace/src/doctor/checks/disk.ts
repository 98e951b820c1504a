import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { readFolderSize } from "../../cli/folder-size.ts";
import { showBytes } from "../../cli/output/show-bytes.ts";
import { makeCheck } from "../check.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

const FOLDERS = ["postgres", "logs", "blobs", "archives"] as const;
const LITTLE_BYTES = 2_000_000_000;
const TOO_LITTLE_BYTES = 200_000_000;
const FEW_INODES = 20_000;
const TOO_FEW_INODES = 1_000;

/** The disk under the data folder, and what Millrace has on it. */
export interface DiskFacts {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly freeInodes: number;
  /** 0 on file systems that make inodes as they need them. */
  readonly totalInodes: number;
  readonly folders: readonly { readonly name: string; readonly files: number; readonly bytes: number }[];
}

/** A full disk stops the embedded database; a full one under the logs loses lines. */
export function judgeDisk({ freeBytes, totalBytes, freeInodes, totalInodes, folders }: DiskFacts): readonly Verdict[] {
  const sizes = folders
    .filter(({ files }) => files > 0)
    .map(({ name, bytes, files }) => `${name} ${showBytes(bytes)} in ${files} files`)
    .join(", ");
  const room = `${showBytes(freeBytes)} of ${showBytes(totalBytes)} free${sizes === "" ? "" : `; ${sizes}`}`;
  const inodes = `${freeInodes} of ${totalInodes} inodes are free`;
  const advice =
    "Make room on that disk, or move core.dataFolder to another one; `millrace db size` shows what takes how much.";
  const judged = (amount: number, [low, tooLow]: readonly [number, number], fact: string): Verdict | undefined =>
    amount < tooLow ? bad(fact, advice) : amount < low ? warn(fact, advice) : undefined;
  return findingsOr(
    [
      judged(freeBytes, [LITTLE_BYTES, TOO_LITTLE_BYTES], room),
      totalInodes === 0 ? undefined : judged(freeInodes, [FEW_INODES, TOO_FEW_INODES], inodes),
    ],
    totalInodes === 0 ? room : `${room}; ${inodes}`,
  );
}

/** Room on the disk of the data folder. */
export const diskCheck = makeCheck({
  name: "disk",
  about: "free bytes and inodes under the data folder, and how large database, logs and results are",
  needs: "project",
  gather: async ({ config, projectFolder }): Promise<DiskFacts> => {
    const { dataFolder } = config.core;
    const system = await statfs(dataFolder).catch(() => statfs(projectFolder));
    return {
      freeBytes: system.bavail * system.bsize,
      totalBytes: system.blocks * system.bsize,
      freeInodes: system.ffree,
      totalInodes: system.files,
      folders: await Promise.all(
        FOLDERS.map(async (name) => ({ name, ...(await readFolderSize(join(dataFolder, name))) })),
      ),
    };
  },
  judge: judgeDisk,
});
