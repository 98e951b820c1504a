import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { ArchiveManifest } from "@millrace/engine";

/** An archive of removed runs. */
export interface Archive {
  readonly folder: string;
  readonly manifest: ArchiveManifest;
}

/** All finished archives of a data folder, by name. */
export async function readArchives(dataFolder: string): Promise<readonly Archive[]> {
  const root = join(dataFolder, "archives");
  const archives: Archive[] = [];
  for (const name of (await readdir(root).catch(() => [])).sort()) {
    if (name.endsWith(".draft")) continue;
    const folder = join(root, name);
    const text = await readFile(join(folder, "manifest.json"), "utf8").catch(() => undefined);
    if (text !== undefined) archives.push({ folder, manifest: JSON.parse(text) as ArchiveManifest });
  }
  return archives;
}

/** The rows of a table in an archive, as lines of JSON: of the runs that went, should others have been written, too. */
export async function* archivedRows({ folder, manifest }: Archive, table: string): AsyncGenerator<string> {
  const entry = manifest.files.find((file) => file.table === table);
  if (entry === undefined) return;
  const removed = new Set(manifest.runIds);
  const lines = createInterface({ input: createReadStream(join(folder, entry.file)).pipe(createGunzip()) });
  for await (const line of lines) {
    if (line === "") continue;
    if (removed.has((JSON.parse(line) as { readonly run_id: number }).run_id)) yield line;
  }
}
