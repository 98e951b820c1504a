import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { MillraceError } from "@millrace/core";
import { archivedRows, type Archive } from "./read-archives.ts";

/** How tables are written: with a line of names and commas between, or a JSON object per line. */
export type ExportFormat = "csv" | "jsonl";

/** A table that was exported. */
export interface ExportedTable {
  readonly table: string;
  readonly file: string;
  readonly rows: number;
}

/**
 * Writes what archives hold, a file per table for all of them together; tables without rows get none.
 *
 * @throws MillraceError BAD_ARGUMENT when the folder or a file in it cannot be written
 */
export async function exportArchives(options: {
  readonly archives: readonly Archive[];
  /** Absent = all. */
  readonly tables: readonly string[] | undefined;
  readonly format: ExportFormat;
  readonly folder: string;
}): Promise<readonly ExportedTable[]> {
  const { archives, format, folder } = options;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => refuse(folder, error));
  const tables = options.tables ?? tablesOf(archives);
  const exported: ExportedTable[] = [];
  for (const table of tables) {
    const file = join(folder, `${table}.${format}`);
    const rows = await exportTable({ archives, table, format, file });
    if (rows > 0) exported.push({ table, file, rows });
  }
  return exported;
}

/** Tables that any of these archives has. */
function tablesOf(archives: readonly Archive[]): readonly string[] {
  return [...new Set(archives.flatMap(({ manifest }) => manifest.files.map(({ table }) => table)))];
}

async function exportTable(options: {
  readonly archives: readonly Archive[];
  readonly table: string;
  readonly format: ExportFormat;
  readonly file: string;
}): Promise<number> {
  const { archives, table, format, file } = options;
  let target: WriteStream | undefined;
  let columns: readonly string[] = [];
  let rows = 0;
  const write = async (line: string): Promise<void> => {
    target ??= openFile(file);
    if (target.errored) refuse(file, target.errored);
    if (!target.write(`${line}\n`)) await once(target, "drain").catch((error: unknown) => refuse(file, error));
  };
  for (const archive of archives)
    for await (const json of archivedRows(archive, table)) {
      rows += 1;
      if (format === "jsonl") {
        await write(json);
        continue;
      }
      const row = JSON.parse(json) as Readonly<Record<string, unknown>>;
      if (rows === 1) {
        columns = Object.keys(row);
        await write(columns.map(csvField).join(","));
      }
      await write(columns.map((column) => csvField(row[column])).join(","));
    }
  if (target === undefined) return 0;
  target.end();
  await finished(target).catch((error: unknown) => refuse(file, error));
  return rows;
}

function openFile(file: string): WriteStream {
  // What goes wrong is said where the next line is written.
  return createWriteStream(file).on("error", () => undefined);
}

function refuse(path: string, error: unknown): never {
  throw new MillraceError("BAD_ARGUMENT", `${path} cannot be written: ${(error as Error).message}`, { cause: error });
}

/** As RFC 4180 has it; null is an empty field, an empty text a quoted one. */
function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === "" || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
