import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Archive } from "./read-archives.ts";

/**
 * Deletes archives, or only tables of them.
 *
 * @param tables absent = whole archives.
 */
export async function dropArchives(archives: readonly Archive[], tables: readonly string[] | undefined): Promise<void> {
  for (const { folder, manifest } of archives) {
    const goes = manifest.files.filter(({ table }) => tables === undefined || tables.includes(table));
    const files = manifest.files.filter((file) => !goes.includes(file));
    if (files.length === 0) {
      await rm(folder, { recursive: true, force: true });
      continue;
    }
    // The manifest first: what it names is there.
    const path = join(folder, "manifest.json");
    await writeFile(`${path}.new`, `${JSON.stringify({ ...manifest, files }, undefined, 2)}\n`, { flush: true });
    await rename(`${path}.new`, path);
    for (const { file } of goes) await rm(join(folder, file), { force: true });
  }
}
