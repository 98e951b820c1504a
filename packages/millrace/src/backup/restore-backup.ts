import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MillraceError } from "@millrace/core";
import { restoreDatabase, type BackupHeader, type DatabasePool } from "@millrace/store";
import type { Config } from "../config.ts";
import { BackupFileReader, readAll } from "./backup-file.ts";
import type { TarEntry } from "./tar.ts";

const PIECE = /^tables\/([a-z_]+)\/\d+\.copy$/;
const KEY = "data/secret.key";

/** What a restore has done. */
export interface Restored {
  readonly header: BackupHeader;
  readonly rows: number;
  readonly files: number;
  /** Files of the project that were there and differ: they stay as they are. */
  readonly keptFiles: readonly string[];
  readonly hasKey: boolean;
}

/** A backup that is open: its header is read, its rows are next. */
export interface OpenBackup {
  readonly header: BackupHeader;
  readonly reader: BackupFileReader;
}

/** Opens a backup. @throws MillraceError NOT_FOUND, BAD_ARGUMENT when the file is none */
export async function openBackup(path: string): Promise<OpenBackup> {
  const reader = new BackupFileReader(path);
  const first = await reader.next();
  if (first?.name !== "header.json") throw new MillraceError("BAD_ARGUMENT", `${path} is no backup of Millrace`);
  const header = JSON.parse((await readAll(first.body)).toString("utf8")) as BackupHeader;
  if (header.format !== "millrace-backup" || header.formatVersion !== 1)
    throw new MillraceError("SCHEMA_TOO_NEW", `${path} was written by a newer Millrace. Upgrade this program.`);
  return { header, reader };
}

/**
 * Puts a backup in the place of what is in the database, and its files into the data folder and the project. Until everything has been read and found whole,
 * nothing changes.
 *
 * @param options.onProgress hears what is read just now.
 */
export async function restoreBackup(options: {
  readonly pool: DatabasePool;
  readonly backup: OpenBackup;
  readonly config: Pick<Config, "core" | "projectFolder">;
  readonly onProgress: (what: string) => void;
}): Promise<Restored> {
  const { header, reader } = options.backup;
  const { dataFolder } = options.config.core;
  const draft = join(dataFolder, `restore-draft-${randomUUID()}`);
  const walk = new Walk(reader, options.onProgress);
  const placed: Placed = { files: 0, kept: [], hasKey: false };
  try {
    const rows = await restoreDatabase(options.pool, {
      header,
      tables: walk.tables(),
      whole: async () => {
        const names = await walk.files(draft);
        reader.requireWhole();
        // Before the commit: files without rows harm nobody, rows without their large results would.
        for (const name of names) await place(options.config, { draft, name }, placed);
      },
    });
    const sum = [...rows.values()].reduce((all, count) => all + count, 0);
    return { header, rows: sum, files: placed.files, keptFiles: placed.kept, hasKey: placed.hasKey };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Goes through the entries: first the pieces of tables, then files. */
class Walk {
  readonly #reader: BackupFileReader;
  readonly #onProgress: (what: string) => void;
  #entry: TarEntry | undefined;

  constructor(reader: BackupFileReader, onProgress: (what: string) => void) {
    this.#reader = reader;
    this.#onProgress = onProgress;
  }

  async *tables(): AsyncGenerator<{ readonly name: string; readonly rows: AsyncIterable<Buffer> }> {
    this.#entry = await this.#reader.next();
    for (let name = this.#table; name !== undefined; name = this.#table) {
      this.#onProgress(name);
      yield { name, rows: this.#pieces(name) };
    }
  }

  /** Writes the files to a folder. @returns their names. */
  async files(folder: string): Promise<readonly string[]> {
    const names: string[] = [];
    for (; this.#entry !== undefined; this.#entry = await this.#reader.next()) {
      const { name, body } = this.#entry;
      this.#onProgress(name);
      const target = join(folder, name);
      if (!/^(data|project)\//.test(name) || normalize(name) !== name || name.includes("/../"))
        throw new MillraceError(
          "BAD_ARGUMENT",
          `the backup has a file that belongs nowhere: ${name}. Nothing was restored.`,
        );
      await mkdir(dirname(target), { recursive: true });
      await pipeline(Readable.from(body), createWriteStream(target, { flush: true, mode: 0o600 }));
      names.push(name);
    }
    return names;
  }

  get #table(): string | undefined {
    return PIECE.exec(this.#entry?.name ?? "")?.[1];
  }

  async *#pieces(name: string): AsyncGenerator<Buffer> {
    while (this.#entry !== undefined && this.#table === name) {
      yield* this.#entry.body;
      this.#entry = await this.#reader.next();
    }
  }
}

interface Placed {
  files: number;
  readonly kept: string[];
  hasKey: boolean;
}

async function place(
  { core: { dataFolder }, projectFolder }: Pick<Config, "core" | "projectFolder">,
  { draft, name }: { readonly draft: string; readonly name: string },
  placed: Placed,
): Promise<void> {
  const source = join(draft, name);
  const [root = "", ...rest] = name.split("/");
  const target = join(root === "data" ? dataFolder : projectFolder, ...rest);
  if (name === KEY) {
    await addKeys(source, target);
    placed.hasKey = true;
  } else if (root === "project" && (await differs(source, target))) {
    placed.kept.push(rest.join("/"));
    return;
  } else {
    await mkdir(dirname(target), { recursive: true });
    await moveFile(source, target);
    if (root === "project") await chmod(target, 0o644);
  }
  placed.files += 1;
}

/** A project is somebody's work: what is there stays. */
async function differs(source: string, target: string): Promise<boolean> {
  const there = await readFile(target).catch(() => undefined);
  return there !== undefined && !there.equals(await readFile(source));
}

/** Keys of the backup come after those that are there: what was sealed with either can be read. */
async function addKeys(source: string, target: string): Promise<void> {
  const lines = async (path: string): Promise<readonly string[]> =>
    (await readFile(path, "utf8").catch(() => "")).split("\n").filter((line) => line.trim() !== "");
  const keys = [...new Set([...(await lines(target)), ...(await lines(source))])];
  await writeFile(`${target}.draft`, `${keys.join("\n")}\n`, { mode: 0o600, flush: true });
  await rename(`${target}.draft`, target);
}

async function moveFile(source: string, target: string): Promise<void> {
  await access(source);
  // A project may lie on another disk than its data folder.
  await rename(source, target).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    await writeFile(target, await readFile(source), { flush: true });
  });
}
