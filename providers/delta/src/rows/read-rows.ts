import { MillraceError } from "@millrace/core";
import { activeFiles } from "../log/active-files.ts";
import type { AddFile } from "../log/actions.ts";
import { checkRowProtocol } from "../log/protocol.ts";
import type { TableSource } from "../log/table-state.ts";
import { readParquet } from "../parquet/read-parquet.ts";
import { dataFileName } from "./data-file-name.ts";
import { partitionValue, rowValue } from "./row-value.ts";
import { tableColumns, type DeltaColumn } from "./table-columns.ts";

/** A row by the names of its columns. */
export type DeltaRow = Readonly<Record<string, unknown>>;

/** What of a table is read. */
export interface ReadRowsOptions {
  /** Default all. */
  readonly columns?: readonly string[];
  /** Default all. */
  readonly limit?: number;
}

/**
 * The rows of a version, in no order, a part of a file at a time. 64-bit integers beyond 2⁵³ are `bigint`, decimals and times are texts.
 *
 * @throws MillraceError BAD_ARGUMENT for a column that is not there, and for tables with deletion vectors, column mapping, or types not known here
 */
export async function* readRows(
  source: TableSource,
  { columns: asked, limit = Infinity }: ReadRowsOptions,
): AsyncGenerator<DeltaRow> {
  const { storage, metaData, protocol } = source;
  checkRowProtocol(protocol, metaData, storage.url);
  const columns = chooseColumns(tableColumns(metaData), asked, storage.url);
  const partitions = new Set(metaData.partitionColumns ?? []);
  let left = limit;
  if (left <= 0) return;
  for await (const file of activeFiles(source)) {
    refuseDeletionVector(file, storage.url);
    const name = dataFileName(file.path, storage.url);
    const inFile = columns.filter((column) => !partitions.has(column.name)).map((column) => column.name);
    const fixed = new Map(
      columns
        .filter((column) => partitions.has(column.name))
        .map((column) => [column.name, partitionValue(file.partitionValues?.[column.name], column.type)]),
    );
    const where = `${storage.url}/${name}`;
    for await (const row of readParquet(await storage.open(name), { columns: inFile, where })) {
      yield Object.fromEntries(
        columns.map((column) => [
          column.name,
          fixed.has(column.name) ? fixed.get(column.name) : rowValue(row[column.name], column.type),
        ]),
      );
      if (--left <= 0) return;
    }
  }
}

function chooseColumns(
  all: readonly DeltaColumn[],
  asked: readonly string[] | undefined,
  url: string,
): readonly DeltaColumn[] {
  if (asked === undefined) return all;
  return asked.map((wanted) => {
    const column = all.find((each) => each.name === wanted);
    if (column === undefined)
      throw new MillraceError(
        "BAD_ARGUMENT",
        `the Delta table ${url} has no column ${wanted}, it has ${all.map((each) => each.name).join(", ")}`,
      );
    return column;
  });
}

function refuseDeletionVector({ deletionVector }: AddFile, url: string): void {
  if (deletionVector === undefined || deletionVector === null) return;
  throw new MillraceError(
    "BAD_ARGUMENT",
    `the Delta table ${url} has deletion vectors, whose rows are not read here: run OPTIMIZE or REORG TABLE … APPLY (PURGE), or read it through Spark`,
  );
}
