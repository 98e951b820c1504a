import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { MillraceError } from "@millrace/core";
import type { ArchiveManifest } from "@millrace/engine";

/** An archive of removed runs. */
export interface Archive {
  readonly folder: string;
  readonly manifest: ArchiveManifest;
}

/** All finished archives of a data folder, by name. @throws MillraceError BAD_ARGUMENT naming one whose list of contents is damaged */
export async function readArchives(dataFolder: string): Promise<readonly Archive[]> {
  const root = join(dataFolder, "archives");
  const archives: Archive[] = [];
  for (const name of (await readdir(root).catch(() => [])).sort()) {
    if (name.endsWith(".draft")) continue;
    const folder = join(root, name);
    const file = join(folder, "manifest.json");
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) archives.push({ folder, manifest: parsed(file, text) as ArchiveManifest });
  }
  return archives;
}

/**
 * The rows of a table in an archive, as lines of JSON: of the runs that went, should others have been written, too.
 *
 * @throws MillraceError BAD_ARGUMENT when a file of the archive is gone or damaged
 */
export async function* archivedRows({ folder, manifest }: Archive, table: string): AsyncGenerator<string> {
  const entry = manifest.files.find((file) => file.table === table);
  if (entry === undefined) return;
  const removed = new Set(manifest.runIds);
  const file = join(folder, entry.file);
  for await (const line of unzippedLines(file))
    if (removed.has((parsed(file, line) as { readonly run_id: number }).run_id)) yield line;
}

/** Without empty ones. */
async function* unzippedLines(file: string): AsyncGenerator<string> {
  // What goes wrong in any of the streams ends the last one, which is read here.
  const text = pipeline(createReadStream(file), createGunzip(), () => undefined).setEncoding("utf8");
  let rest = "";
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield line;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (rest !== "") yield rest;
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown): MillraceError {
  return new MillraceError(
    "BAD_ARGUMENT",
    `the archive's file ${file} is gone or damaged: ${cause instanceof Error ? cause.message : String(cause)}`,
    { details: { hint: "Bring it back from a copy, or move its archive out of the folder." }, cause },
  );
}
