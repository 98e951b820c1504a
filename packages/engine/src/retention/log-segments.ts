import { randomUUID } from "node:crypto";
import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RetentionStore, RunLimits } from "@millrace/core";
import { fileSafe } from "../logs/log-folder.ts";

/** A try may begin to write while rows are read. */
const LATELY_MS = 60_000;
/** A worker looks whether its segment is still there, and writes to it at once. */
const LOOK_AND_WRITE_MS = 1_000;
const TAKEN = ".taken";

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
  const unused = await listSegments(root, now - (await store.longestTry()) / 1_000 - LATELY_MS);
  // Most rounds find only segments that are in use: reading stops as soon as that is clear.
  for (let after = 0; unused.size > 0;) {
    if (isStopping()) return 0;
    const { segments, lastRunId } = await store.keptSegments(limits, after);
    for (const { host, segment } of segments) unused.delete(`${fileSafe(host)}/${segment}`);
    if (lastRunId === undefined) break;
    after = lastRunId;
  }
  return unused.size === 0 ? 0 : await takeAway([...unused.values()]);
}

/** A segment that was not written lately. */
export interface OldSegment {
  readonly file: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * A worker that has logged nothing for long still has its last segment open, for the next try. It is renamed first: from then on tries begin another one
 * (SegmentWriter). One that was written meanwhile comes back.
 */
export async function takeAway(segments: readonly OldSegment[]): Promise<number> {
  const taken: OldSegment[] = [];
  for (const segment of segments)
    await rename(segment.file, `${segment.file}${TAKEN}`).then(
      () => taken.push(segment),
      () => undefined,
    );
  await sleep(LOOK_AND_WRITE_MS);
  let removed = 0;
  for (const { file, mtimeMs } of taken) {
    const info = await stat(`${file}${TAKEN}`).catch(() => undefined);
    if (info?.mtimeMs === mtimeMs) {
      await rm(`${file}${TAKEN}`, { force: true });
      removed += 1;
    } else await rename(`${file}${TAKEN}`, file).catch(() => undefined);
  }
  return removed;
}

/** The time that a file of this folder gets now, in milliseconds; undefined without such a folder. */
export async function fileTime(folder: string): Promise<number | undefined> {
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

/** Segments that were last written before a time, by `host/segment`. What a process that died had taken away comes back first. */
export async function listSegments(root: string, writtenBeforeMs: number): Promise<Map<string, OldSegment>> {
  const found = new Map<string, OldSegment>();
  for (const host of await readdir(root).catch(() => []))
    for (const entry of await readdir(join(root, host)).catch(() => [])) {
      const name = entry.endsWith(TAKEN) ? entry.slice(0, -TAKEN.length) : entry;
      const file = join(root, host, name);
      if (entry !== name) await rename(join(root, host, entry), file).catch(() => undefined);
      const info = await stat(file).catch(() => undefined);
      if (name.endsWith(".log") && info !== undefined && info.mtimeMs < writtenBeforeMs)
        found.set(`${host}/${name}`, { file, size: info.size, mtimeMs: info.mtimeMs });
    }
  return found;
}
