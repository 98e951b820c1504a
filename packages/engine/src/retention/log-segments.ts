import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RetentionStore, RunLimits } from "@millrace/core";
import { fileSafe } from "../logs/log-folder.ts";

/** A segment that was written so lately may get lines yet, or lines that no row tells of yet. */
const LATELY_MICROS = 86_400_000_000;

/**
 * Removes log segments that no kept try refers to. Lines of several DAGs share segments: one goes when the last of its tries does. Segments that were
 * written since the oldest unfinished run began stay: a try that runs may have lines in them, and no row says so before its end.
 *
 * @param options.limits of DAGs whose logs go earlier than their runs.
 * @returns how many.
 */
export async function removeLogSegments(options: {
  readonly store: Pick<RetentionStore, "keptSegments" | "busySince">;
  readonly dataFolder: string;
  readonly limits: readonly RunLimits[];
  readonly isStopping: () => boolean;
}): Promise<number> {
  const { store, dataFolder, limits, isStopping } = options;
  const writtenBefore = ((await store.busySince()) - LATELY_MICROS) / 1_000;
  const unused = await oldSegments(join(dataFolder, "logs"), writtenBefore);
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
