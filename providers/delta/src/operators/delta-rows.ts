import { operator, type Context } from "@millrace/core";
import { openDelta } from "../open-delta.ts";
import { openOptions, TABLE_PROPERTIES, type TableOptions } from "./table-options.ts";

/** Options of {@link deltaRows}. */
export type DeltaRowsOptions = TableOptions;

/** How many rows a version of a table has. */
export interface CountedRows {
  readonly version: number;
  readonly rows: number;
}

/**
 * How many rows a Delta table has, without reading them.
 *
 * @throws MillraceError NOT_FOUND without a table, UNREACHABLE; Permanent when the storage refuses
 * @example deltaRows({ path: "s3://lake/gold/domains", connection: "lake" })
 */
export const deltaRows = operator({
  name: "DeltaRowsOperator",
  color: "#dff0df",
  doc: [
    "How many rows a Delta table has: by the statistics of its log, for files without them by their footers; rows deleted by deletion vectors are taken off.",
    "",
    "**Result**: `{ version, rows }`. **Fails** with `NOT_FOUND` without a table. It only reads.",
  ].join("\n"),
  templated: ["path"],
  schema: { type: "object", required: ["path"], additionalProperties: false, properties: TABLE_PROPERTIES },
  run: async (options: DeltaRowsOptions, ctx: Context): Promise<CountedRows> => {
    await using table = await openDelta(options.path, openOptions(options, ctx));
    return { version: table.version, rows: await table.countRows() };
  },
});
