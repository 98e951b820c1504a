import { formatInstant, type Connection, type Context } from "@millrace/core";
import { findConnection } from "./find-connection.ts";
import { newestData, type NewestData } from "./freshness/newest-data.ts";
import { newestValue } from "./freshness/newest-value.ts";
import { readHistory, type DeltaCommit } from "./history/read-history.ts";
import type { MetaData } from "./log/actions.ts";
import { findSegment } from "./log/find-segment.ts";
import { checkProtocol } from "./log/protocol.ts";
import { readTableState } from "./log/table-state.ts";
import { countRows } from "./rows/count-rows.ts";
import { readRows, type DeltaRow, type ReadRowsOptions } from "./rows/read-rows.ts";
import { openStorage } from "./storage/open-storage.ts";

/** How {@link openDelta} reaches a table. */
export interface OpenDeltaOptions {
  /** For a table on S3: a connection of type `aws`, or its id. Default: what the machine has (environment, files, role). */
  readonly connection?: Connection | string;
  /** That of the try: finds connections by id, and ends what is waited for. */
  readonly ctx?: Pick<Context, "connection" | "signal">;
  /** An older version. Default the newest. */
  readonly version?: number;
}

/** One version of a Delta table. What it gives is read when it is asked for, file by file; it holds nothing that grows with the table. */
export interface DeltaTable extends AsyncDisposable {
  readonly url: string;
  readonly version: number;
  readonly metaData: MetaData;
  /** Commits from this version on backwards, as long as the log has them. */
  history(): AsyncIterable<DeltaCommit>;
  /** The newest commit that brought rows; undefined when none ever did. */
  newestData(): Promise<NewestData | undefined>;
  /** The largest value of a column of times or dates, from statistics, RFC 3339; undefined when there is none. */
  newestValue(column: string): Promise<string | undefined>;
  countRows(): Promise<number>;
  /** Rows in no order. @throws MillraceError BAD_ARGUMENT for tables whose rows need what is not known here */
  rows(options?: ReadRowsOptions): AsyncIterable<DeltaRow>;
}

/**
 * Opens a version of a Delta table by its log, on disk or on S3.
 *
 * @param path a folder, `file:///…`, `s3://bucket/folder` (or `s3a://`)
 * @throws MillraceError NOT_FOUND when there is no such table or version, UNREACHABLE when its storage does not answer, BAD_ARGUMENT for a table that needs a
 *   reader with features that this one does not know; Permanent when the storage refuses
 * @example await using table = await openDelta("s3://lake/gold/domains", { connection: "lake", ctx });
 */
export async function openDelta(path: string, options: OpenDeltaOptions = {}): Promise<DeltaTable> {
  const { connection, ctx, version: asked } = options;
  const found = await findConnection(connection, ctx);
  const storage = openStorage(path, found, ctx?.signal);
  try {
    const segment = await findSegment(storage, asked);
    const { protocol, metaData } = await readTableState(storage, segment);
    checkProtocol(protocol, storage.url);
    const source = { storage, segment, protocol, metaData };
    return {
      url: storage.url,
      version: segment.version,
      metaData,
      history: () => readHistory(storage, segment.version),
      newestData: () => newestData(source),
      newestValue: async (column) => {
        const newest = await newestValue(source, column);
        return newest === undefined ? undefined : formatInstant(newest);
      },
      countRows: () => countRows(source),
      rows: (read = {}) => readRows(source, read),
      [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
    };
  } catch (error) {
    await storage[Symbol.asyncDispose]();
    throw error;
  }
}
