import { createReadStream, existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { backupDatabase, type BackupHeader, type DatabasePool } from "@millrace/store";
import { MillraceError } from "@millrace/core";
import type { Config } from "../config.ts";
import { BackupFileWriter } from "./backup-file.ts";

const PIECE_BYTES = 8 * 1_048_576;
const NEVER = new Set(["node_modules", ".git"]);

/** What goes into a backup beside the database and its large results. */
export interface BackupWish {
  readonly logs: boolean;
  readonly dags: boolean;
  readonly key: boolean;
}

/** What a backup has become. */
export interface BackupMade {
  readonly tables: number;
  readonly files: number;
  readonly header: BackupHeader;
}

/**
 * Writes a backup to a file, which is there when it is whole. Everything goes on working meanwhile.
 *
 * @param options.onProgress hears what is written just now.
 */
export async function makeBackup(options: {
  readonly pool: DatabasePool;
  readonly config: Pick<Config, "core" | "projectFolder">;
  readonly path: string;
  readonly wish: BackupWish;
  readonly onProgress: (what: string) => void;
}): Promise<BackupMade> {
  const writer = new BackupFileWriter(options.path);
  try {
    const header = await writeDatabase(writer, options.pool, options.onProgress);
    const files = await writeFiles(writer, options);
    await writer.finish();
    return { tables: header.tables.length, files, header };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

async function writeDatabase(
  writer: BackupFileWriter,
  pool: DatabasePool,
  onProgress: (what: string) => void,
): Promise<BackupHeader> {
  let header: BackupHeader | undefined;
  let table = "";
  let piece = 0;
  let waiting: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (bytes === 0) return;
    await writer.add(`tables/${table}/${String(piece).padStart(6, "0")}.copy`, Buffer.concat(waiting));
    [waiting, bytes, piece] = [[], 0, piece + 1];
  };
  await backupDatabase(pool, {
    header: async (made) => {
      header = made;
      await writer.add("header.json", Buffer.from(`${JSON.stringify(made, undefined, 2)}\n`));
    },
    rows: async (name, chunk) => {
      if (name !== table) {
        await flush();
        [table, piece] = [name, 0];
        onProgress(name);
      }
      waiting.push(chunk);
      bytes += chunk.length;
      if (bytes >= PIECE_BYTES) await flush();
    },
  });
  await flush();
  return header!;
}

/** Large results come after the snapshot: whatever a row of it refers to was written before. */
async function writeFiles(
  writer: BackupFileWriter,
  { config, wish, onProgress }: Parameters<typeof makeBackup>[0],
): Promise<number> {
  const { dataFolder, dagFolders } = config.core;
  let files = await writeFolder(writer, { folder: join(dataFolder, "blobs"), name: "data/blobs", onProgress });
  if (wish.logs)
    files += await writeFolder(writer, { folder: join(dataFolder, "logs"), name: "data/logs", onProgress });
  if (wish.dags)
    for (const folder of dagFolders) {
      const inside = relative(config.projectFolder, folder).split(sep).join("/");
      if (inside.startsWith("..") || inside === "")
        throw new MillraceError(
          "BAD_ARGUMENT",
          `--with-dags: ${folder} is not below the project folder; save it yourself`,
        );
      files += await writeFolder(writer, { folder, name: `project/${inside}`, onProgress });
    }
  if (wish.key) {
    const key = join(dataFolder, "secret.key");
    if (!existsSync(key))
      throw new MillraceError(
        "BAD_ARGUMENT",
        `--with-key: there is no ${key}; the keys are those of security.secretKeys`,
      );
    await writer.add("data/secret.key", await readFile(key));
    files += 1;
  }
  return files;
}

interface FolderToWrite {
  readonly folder: string;
  readonly name: string;
  readonly onProgress: (what: string) => void;
}

async function writeFolder(writer: BackupFileWriter, { folder, name, onProgress }: FolderToWrite): Promise<number> {
  onProgress(name);
  let files = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const [path, inner] = [join(folder, entry.name), `${name}/${entry.name}`];
    if (NEVER.has(entry.name) || entry.name.endsWith(".draft")) continue;
    if (entry.isDirectory()) files += await writeFolder(writer, { folder: path, name: inner, onProgress });
    else if (entry.isFile()) {
      // Retention may remove it meanwhile.
      const info = await stat(path).catch(() => undefined);
      if (info === undefined) continue;
      await writer.addStream(inner, info.size, createReadStream(path));
      files += 1;
    }
  }
  return files;
}
