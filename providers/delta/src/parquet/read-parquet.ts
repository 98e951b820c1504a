import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type FileMetaData,
  type ParquetParsers,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { MillraceError } from "@millrace/core";
import type { RandomFile } from "../storage/table-storage.ts";

/** Rows that are decoded at a time; a page is decoded whole anyway. */
const ROWS_AT_ONCE = 10_000;

/** Times as texts: they keep their microseconds, which dates of JavaScript cannot. */
const TEXT_PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis: bigint | null) => (millis === null ? null : instantText(millis * 1_000n)),
  timestampFromMicroseconds: (micros: bigint | null) => (micros === null ? null : instantText(micros)),
  timestampFromNanoseconds: (nanos: bigint | null) => (nanos === null ? null : instantText(nanos / 1_000n)),
  dateFromDays: (days: number | null) =>
    days === null ? null : new Date(days * 86_400_000).toISOString().slice(0, -14),
};

/** The footer of a file. @throws MillraceError TASK_FAILED when it is no Parquet file */
export async function readFooter(file: RandomFile, where: string): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(file, { parsers: TEXT_PARSERS });
  } catch (error) {
    throw readError(where, error);
  }
}

/**
 * The rows of a Parquet file, a part of a row group at a time. Timestamps are texts in UTC (`2025-10-01T00:00:00.000000Z`), dates `2025-10-01`, 64-bit
 * integers `bigint`, decimals their digits without a scale.
 *
 * @param options.columns those that are read; one that the file does not have is left out
 * @throws MillraceError TASK_FAILED for a file that cannot be decoded
 */
export async function* readParquet(
  file: RandomFile,
  { columns, where }: { readonly columns: readonly string[]; readonly where: string },
): AsyncGenerator<Record<string, unknown>> {
  const metadata = withRawDecimals(await readFooter(file, where));
  const present = new Set(parquetSchema(metadata).children.map(({ element }) => element.name));
  const read = columns.filter((column) => present.has(column));
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += ROWS_AT_ONCE) {
      const rowEnd = Math.min(rowStart + ROWS_AT_ONCE, groupEnd);
      if (read.length === 0) for (let row = rowStart; row < rowEnd; row++) yield {};
      else yield* await readRows(file, { metadata, columns: read, rowStart, rowEnd, where });
    }
    groupStart = groupEnd;
  }
}

async function readRows(
  file: RandomFile,
  {
    where,
    ...range
  }: {
    readonly metadata: FileMetaData;
    readonly columns: string[];
    readonly rowStart: number;
    readonly rowEnd: number;
    readonly where: string;
  },
): Promise<Record<string, unknown>[]> {
  try {
    return await parquetReadObjects({ file, compressors, parsers: TEXT_PARSERS, utf8: false, ...range });
  } catch (error) {
    throw readError(where, error);
  }
}

/** The decoder makes decimals to numbers, which cannot hold all their digits; as integers and bytes they come as they are. */
function withRawDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map(({ converted_type: converted, logical_type: logical, ...element }) => ({
    ...element,
    ...(converted !== undefined && converted !== "DECIMAL" && { converted_type: converted }),
    ...(logical !== undefined && logical.type !== "DECIMAL" && { logical_type: logical }),
  }));
  return { ...metadata, schema };
}

function instantText(micros: bigint): string {
  const inSecond = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const second = new Date(Number((micros - inSecond) / 1_000n)).toISOString().slice(0, -5);
  return `${second}.${String(inSecond).padStart(6, "0")}Z`;
}

function readError(where: string, error: unknown): unknown {
  // What the storage says is said already; the rest is the decoder's.
  if (
    !(error instanceof Error) ||
    (error.name !== "Error" && error.name !== "RangeError" && error.name !== "TypeError")
  )
    return error;
  return new MillraceError("TASK_FAILED", `${where} cannot be read as Parquet: ${error.message}`, { cause: error });
}
