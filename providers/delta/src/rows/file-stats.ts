import type { AddFile, FileStats } from "../log/actions.ts";
import { readFooter } from "../parquet/read-parquet.ts";
import type { TableStorage } from "../storage/table-storage.ts";
import { dataFileName } from "./data-file-name.ts";

/** What the log says of the rows of a file; `{}` when its writer kept no statistics. */
export function loggedStats({ stats, stats_parsed: parsed }: AddFile): FileStats {
  if (parsed !== undefined && parsed !== null) return parsed;
  if (stats === undefined || stats === null || stats === "") return {};
  return JSON.parse(stats) as FileStats;
}

/** What the file itself says of its rows, in its footer; of nested columns nothing. */
export async function footerStats(storage: TableStorage, file: AddFile): Promise<FileStats> {
  const name = dataFileName(file.path, storage.url);
  const footer = await readFooter(await storage.open(name), `${storage.url}/${name}`);
  const maxValues: Record<string, unknown> = {};
  const nullCount: Record<string, number> = {};
  const unknown = new Set<string>();
  for (const { meta_data: chunk } of footer.row_groups.flatMap((group) => group.columns)) {
    const [column, ...below] = chunk?.path_in_schema ?? [];
    if (column === undefined || below.length > 0) continue;
    const { max_value: max, null_count: nulls = 0 } = chunk?.statistics ?? {};
    nullCount[column] = (nullCount[column] ?? 0) + Number(nulls);
    const before = maxValues[column];
    if (max !== undefined && (before === undefined || before === null || before < max)) maxValues[column] = max;
    // A part of the rows without a known maximum: then there is none of all of them.
    if (max === undefined && Number(nulls) < Number(chunk?.num_values ?? 0)) unknown.add(column);
  }
  for (const column of unknown) delete maxValues[column];
  return { numRecords: footer.num_rows, maxValues, nullCount };
}

/** Rows of a file that are not deleted, as its statistics say; undefined when they do not. */
export function liveRows({ deletionVector }: AddFile, { numRecords }: FileStats): number | undefined {
  if (numRecords === undefined || numRecords === null) return undefined;
  return Number(numRecords) - Number(deletionVector?.cardinality ?? 0);
}
