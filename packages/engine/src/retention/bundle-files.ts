import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RetentionStore } from "@millrace/core";

const DAY_MS = 86_400_000;
const FILE = /^([A-Za-z0-9_-]+)\.cjs$/;

/**
 * Removes compiled DAG files of bundles that the database no longer has. They are copies: a bundle that is wanted again is written again.
 *
 * @returns how many.
 */
export async function removeUnusedBundles(options: {
  readonly store: Pick<RetentionStore, "knownBundles">;
  readonly dataFolder: string;
}): Promise<number> {
  const folder = join(options.dataFolder, "bundles");
  const names = await readdir(folder).catch(() => []);
  const hashes = names.flatMap((name) => FILE.exec(name)?.[1] ?? []);
  if (hashes.length === 0) return 0;
  const known = await options.store.knownBundles(hashes);
  const youngest = await newestIn(folder, names);
  let removed = 0;
  for (const hash of hashes) {
    if (known.has(hash)) continue;
    const file = join(folder, `${hash}.cjs`);
    const info = await stat(file).catch(() => undefined);
    // Compared with its neighbours, as the clock of the disk may be another one's.
    if (info === undefined || youngest - info.mtimeMs < DAY_MS) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}

async function newestIn(folder: string, names: readonly string[]): Promise<number> {
  const infos = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return Math.max(0, ...infos.map((info) => info?.mtimeMs ?? 0));
}
