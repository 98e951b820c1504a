import { activeFiles } from "../log/active-files.ts";
import type { TableSource } from "../log/table-state.ts";
import { footerStats, liveRows, loggedStats } from "./file-stats.ts";

/** Rows of a version: by the statistics of the log, for files without them by their footers; deletion vectors are taken off. */
export async function countRows(source: TableSource): Promise<number> {
  let rows = 0;
  for await (const file of activeFiles(source))
    rows += liveRows(file, loggedStats(file)) ?? liveRows(file, await footerStats(source.storage, file)) ?? 0;
  return rows;
}
