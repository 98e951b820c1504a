import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readIgnorePatterns, type IsIgnored } from "./ignore-patterns.ts";

/** Name of the file, at the top of a DAG folder, with patterns of what to leave alone. */
const IGNORE_FILE = ".millraceignore";
const DAG_FILE_ENDING = ".dag.ts";
const NEVER = new Set(["node_modules", ".git", "dist", ".millrace"]);

/** A DAG file and the DAG folder it was found in. Both absolute. */
export interface DiscoveredFile {
  readonly file: string;
  readonly folder: string;
}

/** True for folders that are never looked into, whatever the patterns say. */
export function isNeverRead(name: string): boolean {
  return NEVER.has(name);
}

/**
 * Finds `**\/*.dag.ts` below the folders, in the order of the folders and by path within each. A folder that does not exist has no files; a
 * file below two of the folders is found once.
 */
export async function discoverFiles(folders: readonly string[]): Promise<readonly DiscoveredFile[]> {
  const found = new Map<string, DiscoveredFile>();
  for (const folder of folders.map((path) => resolve(path))) {
    const files: string[] = [];
    await walk({ folder, isIgnored: await readIgnoreFile(folder), files }, "");
    for (const file of files.sort(byText)) if (!found.has(file)) found.set(file, { file, folder });
  }
  return [...found.values()];
}

interface Walk {
  readonly folder: string;
  readonly isIgnored: IsIgnored;
  readonly files: string[];
}

async function walk(search: Walk, below: string): Promise<void> {
  const deeper: Promise<void>[] = [];
  for (const entry of await readFolder(join(search.folder, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const isFolder = entry.isDirectory();
    if ((isFolder && isNeverRead(entry.name)) || search.isIgnored(path, isFolder)) continue;
    if (isFolder) deeper.push(walk(search, path));
    else if (entry.name.endsWith(DAG_FILE_ENDING)) search.files.push(join(search.folder, path));
  }
  await Promise.all(deeper);
}

async function readFolder(path: string): Promise<readonly { readonly name: string; isDirectory(): boolean }[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    // Gone between two looks, or not made yet: there is nothing in it.
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

async function readIgnoreFile(folder: string): Promise<IsIgnored> {
  try {
    return readIgnorePatterns(await readFile(join(folder, IGNORE_FILE), "utf8"));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return () => false;
    throw error;
  }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
