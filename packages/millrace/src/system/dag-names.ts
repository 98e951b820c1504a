import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FoundFile } from "@millrace/core";

const FILE = "dag-names.json";

/**
 * Keeps the ids of DAGs and their tasks in a file of the data folder, for the completion of command lines. A failure to write is none: names are a
 * convenience.
 *
 * @param options.complete true when `files` are all files there are: names of others go.
 */
export async function keepDagNames(
  dataFolder: string,
  files: readonly FoundFile[],
  { complete }: { readonly complete: boolean },
): Promise<void> {
  const names = complete ? new Map<string, readonly string[]>() : new Map(readDagNames(dataFolder));
  for (const { dagId, graph } of files.flatMap(({ dags }) => dags))
    names.set(
      dagId,
      graph.tasks.map(({ taskId }) => taskId),
    );
  const path = join(dataFolder, FILE);
  const half = `${path}.${randomUUID()}.half`;
  try {
    await mkdir(dataFolder, { recursive: true });
    await writeFile(half, JSON.stringify(Object.fromEntries(names)));
    await rename(half, path);
  } catch {
    // A full or read-only disk.
    await rm(half, { force: true }).catch(() => undefined);
  }
}

/** DAG id → task ids as they were read last; empty when they never were. */
export function readDagNames(dataFolder: string): ReadonlyMap<string, readonly string[]> {
  try {
    return new Map(
      Object.entries(JSON.parse(readFileSync(join(dataFolder, FILE), "utf8")) as Record<string, string[]>),
    );
  } catch {
    // Never written, or on its way.
    return new Map();
  }
}
