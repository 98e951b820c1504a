import { randomUUID } from "node:crypto";
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RetentionStore, RunLimits } from "@millrace/core";
import { fileSafe } from "../logs/log-folder.ts";

/** A try may begin to write while rows are read. */
const LATELY_MS = 60_000;

/**
 * Removes log segments that no kept try refers to. Lines of several DAGs share segments: one goes when the last of its tries does. Segments that were
 * written since the oldest try that runs began stay: it may have lines in them, and no row says so before its end.
 *
 * @param options.limits of DAGs whose logs go earlier than their runs.
 * @returns how many.
 */
export async function removeLogSegments(options: {
  readonly store: Pick<RetentionStore, "keptSegments" | "longestTry">;
  readonly dataFolder: string;
  readonly limits: readonly RunLimits[];
  readonly isStopping: () => boolean;
}): Promise<number> {
  const { store, dataFolder, limits, isStopping } = options;
  const root = join(dataFolder, "logs");
  // By the clock of the file system alone: the database's may say something else.
  const now = await fileTime(root);
  if (now === undefined) return 0;
  const unused = await oldSegments(root, now - (await store.longestTry()) / 1_000 - LATELY_MS);
  // Most rounds find only segments that are in use: reading stops as soon as that is clear.
  for (let after = 0; unused.size > 0;) {
    if (isStopping()) return 0;
    const { segments, lastRunId } = await store.keptSegments(limits, after);
    for (const { host, segment } of segments) unused.delete(`${fileSafe(host)}/${segment}`);
    if (lastRunId === undefined) break;
    after = lastRunId;
  }
  for (const file of unused.values()) await rm(file, { force: true });
  return unused.size;
}

/** The time that a file of this folder gets now, in milliseconds; undefined without such a folder. */
async function fileTime(folder: string): Promise<number | undefined> {
  const file = join(folder, `.clock-${randomUUID()}`);
  try {
    await writeFile(file, "");
    return (await stat(file)).mtimeMs;
  } catch {
    // No folder, or a full disk: nothing can be told, so nothing goes.
    return undefined;
  } finally {
    await rm(file, { force: true });
  }
}

/** `host/segment` → file. */
async function oldSegments(root: string, writtenBeforeMs: number): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const host of await readdir(root).catch(() => []))
    for (const name of await readdir(join(root, host)).catch(() => [])) {
      const file = join(root, host, name);
      const info = await stat(file).catch(() => undefined);
      if (name.endsWith(".log") && info !== undefined && info.mtimeMs < writtenBeforeMs)
        found.set(`${host}/${name}`, file);
    }
  return found;
}
