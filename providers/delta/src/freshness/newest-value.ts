import { MillraceError, parseInstant, type Micros } from "@millrace/core";
import { activeFiles } from "../log/active-files.ts";
import type { AddFile, FileStats } from "../log/actions.ts";
import { checkRowProtocol } from "../log/protocol.ts";
import type { TableSource } from "../log/table-state.ts";
import { footerStats, liveRows, loggedStats } from "../rows/file-stats.ts";
import { tableColumns } from "../rows/table-columns.ts";

const TIME_TYPES = ["timestamp", "timestamp_ntz", "date"];

/**
 * The largest value of a column of times or dates: from partitions, statistics of the log, else footers. Statistics of the log are cut to milliseconds, a date
 * means its first instant in UTC, and rows that a deletion vector has deleted may still count.
 *
 * @returns undefined when no row has a value
 * @throws MillraceError BAD_ARGUMENT for a column that is missing or of another type, TASK_FAILED when a file has no statistics of it
 */
export async function newestValue(source: TableSource, column: string): Promise<Micros | undefined> {
  const { storage, metaData, protocol } = source;
  checkRowProtocol(protocol, metaData, storage.url);
  const type = tableColumns(metaData).find(({ name }) => name === column)?.type;
  if (type === undefined)
    throw new MillraceError("BAD_ARGUMENT", `the Delta table ${storage.url} has no column ${column}`);
  if (typeof type !== "string" || !TIME_TYPES.includes(type))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the column ${column} of ${storage.url} has no times: it is ${typeof type === "string" ? type : type.type}`,
    );
  const isPartition = metaData.partitionColumns?.includes(column) === true;
  let newest: Micros | undefined;
  for await (const file of activeFiles(source)) {
    const text = isPartition ? file.partitionValues?.[column] : await newestOfFile(source, file, column);
    if (text === undefined || text === null || text === "") continue;
    const value = instantOf(text);
    if (newest === undefined || value > newest) newest = value;
  }
  return newest;
}

async function newestOfFile({ storage }: TableSource, file: AddFile, column: string): Promise<string | undefined> {
  const logged = loggedStats(file);
  const known = textOf(logged, column);
  if (known !== undefined) return known;
  if (liveRows(file, logged) === 0 || isAllNull(logged, column)) return undefined;
  const footer = await footerStats(storage, file);
  const found = textOf(footer, column);
  if (found === undefined && !isAllNull(footer, column))
    throw new MillraceError(
      "TASK_FAILED",
      `${storage.url} has no statistics of ${column} for the file ${file.path}: judge by the newest commit, or by another column`,
    );
  return found;
}

function textOf({ maxValues }: FileStats, column: string): string | undefined {
  const value = maxValues?.[column];
  return typeof value === "string" ? value : undefined;
}

function isAllNull({ numRecords, nullCount }: FileStats, column: string): boolean {
  const nulls = nullCount?.[column];
  return (
    (typeof nulls === "number" || typeof nulls === "bigint") &&
    numRecords !== undefined &&
    numRecords !== null &&
    Number(nulls) === Number(numRecords)
  );
}

/** Of `2025-10-01`, `2025-10-01 00:00:00` (partitions) and `2025-10-01T00:00:00.000Z` (statistics); UTC where nothing is said. */
function instantOf(text: string): Micros {
  const spaced = text.replace(" ", "T");
  return parseInstant(/T/.test(spaced) ? spaced : `${spaced}T00:00:00`, "UTC");
}
