import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DagFile } from "./dag-file.ts";

/** Changes when what a cached file means changes: older ones are then read anew. */
const FORMAT = 4;

/** DAG files as they were read last in the same environment, kept on disk so that a start with unchanged files costs almost nothing. */
export interface DagFileCache {
  find(file: string): DagFile | undefined;
  /** Keeps a file that has no errors; forgets one that has. A failure to write only costs time later. */
  keep(read: DagFile): Promise<void>;
  /** Forgets all files but these. */
  prune(files: ReadonlySet<string>): Promise<void>;
}

/**
 * A cache in a folder, made when it is missing.
 *
 * @param environment what DAG files see beside the usual: with another one they may declare something else.
 */
export function openDagFileCache(folder: string, environment: Readonly<Record<string, string>>): DagFileCache {
  const seen = hashOf(JSON.stringify(Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))));
  mkdirSync(folder, { recursive: true });
  return {
    find(file) {
      try {
        const { format, environment, read } = JSON.parse(readFileSync(join(folder, nameOf(file)), "utf8")) as {
          readonly format: number;
          readonly environment: string;
          readonly read: DagFile;
        };
        return format === FORMAT && environment === seen && read.file === file ? read : undefined;
      } catch {
        // Not there, or written halfway: the file is read anew.
        return undefined;
      }
    },
    async keep(read) {
      const path = join(folder, nameOf(read.file));
      if (read.found.errors.length > 0) return await rm(path, { force: true });
      const half = `${path}.${randomUUID()}.half`;
      try {
        await writeFile(half, JSON.stringify({ format: FORMAT, environment: seen, read }));
        await rename(half, path);
      } catch {
        // A full or read-only disk must not keep DAGs from being loaded.
        await rm(half, { force: true });
      }
    },
    async prune(files) {
      const names = new Set([...files].map(nameOf));
      await Promise.all(
        readdirSync(folder)
          .filter((name) => !names.has(name))
          .map((name) => rm(join(folder, name), { force: true })),
      );
    },
  };
}

function nameOf(file: string): string {
  return `${hashOf(file)}.json`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
