import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MillraceError, operator, type Context } from "@millrace/core";
import { openDelta, type DeltaTable } from "../open-delta.ts";
import type { DeltaRow, ReadRowsOptions } from "../rows/read-rows.ts";
import { openOptions, TABLE_PROPERTIES, type TableOptions } from "./table-options.ts";

const MOST_ROWS = 1_000;

/** Options of {@link deltaRead}. */
export interface DeltaReadOptions extends TableOptions {
  /** Default all. */
  readonly columns?: readonly string[];
  /** Default the newest. */
  readonly version?: number;
  /** A file of JSON lines on the worker's machine that the rows go to, however many. Without it they are the result. */
  readonly file?: string;
  /** Most rows. Default all; without `file` more than 1 000 fail. */
  readonly limit?: number;
}

/** What was read. */
export interface ReadTable {
  readonly version: number;
  readonly count: number;
  /** Without `file`. */
  readonly rows?: readonly DeltaRow[];
  readonly file?: string;
}

/**
 * Reads the rows of a Delta table, into a file or as the result.
 *
 * @throws MillraceError NOT_FOUND without a table or version, TOO_LARGE, BAD_ARGUMENT for tables that are not read here; Permanent when the storage refuses
 * @example deltaRead({ path: "s3://lake/gold/domains", connection: "lake", columns: ["domain"], file: "/data/domains.jsonl" })
 */
export const deltaRead = operator({
  name: "DeltaReadOperator",
  color: "#dff0df",
  doc: [
    "Reads the rows of a Delta table, in no order: into a file of JSON lines, a part of a data file at a time, or as the result. Integers beyond 2⁵³ are texts in the file;",
    "decimals, times and dates are texts. Tables with deletion vectors or column mapping are refused: read those through Spark.",
    "",
    "**Result**: `{ version, count, file }`, or `{ version, count, rows }`. **Fails** with `TOO_LARGE` for more than 1 000 rows without `file` (or `limit`); with `NOT_FOUND`",
    "without a table or version; with `BAD_ARGUMENT` for tables that are not read here. A retry writes the file again; it is there as a whole or not at all.",
  ].join("\n"),
  templated: ["path", "file"],
  schema: {
    type: "object",
    required: ["path"],
    additionalProperties: false,
    properties: {
      ...TABLE_PROPERTIES,
      columns: { type: "array", minItems: 1, items: { type: "string", minLength: 1 }, description: "Default all." },
      version: { type: "integer", minimum: 0, description: "Default the newest." },
      file: {
        type: "string",
        minLength: 1,
        description: "A file of JSON lines on the worker's machine that the rows go to, however many.",
      },
      limit: {
        type: "integer",
        minimum: 1,
        description: "Most rows. Default all; without `file` more than 1 000 fail.",
      },
    },
  },
  run: async ({ columns, version, file, limit, ...options }: DeltaReadOptions, ctx: Context): Promise<ReadTable> => {
    await using table = await openDelta(options.path, {
      ...openOptions(options, ctx),
      ...(version !== undefined && { version }),
    });
    const wanted = { ...(columns !== undefined && { columns }), ...(limit !== undefined && { limit }) };
    if (file === undefined) return await readAll(table, wanted);
    await mkdir(dirname(file), { recursive: true });
    const draft = join(dirname(file), `.${basename(file)}.${ctx.tryId.replaceAll(/[^\w-]+/g, "-")}.part`);
    let count = 0;
    const lines = async function* (): AsyncGenerator<string> {
      for await (const row of table.rows(wanted)) {
        count++;
        yield `${JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value))}\n`;
      }
    };
    try {
      await pipeline(Readable.from(lines()), createWriteStream(draft), { signal: ctx.signal });
      await rename(draft, file);
    } finally {
      await rm(draft, { force: true });
    }
    return { version: table.version, count, file };
  },
});

async function readAll(table: DeltaTable, wanted: ReadRowsOptions): Promise<ReadTable> {
  const rows: DeltaRow[] = [];
  for await (const row of table.rows(wanted)) {
    if (rows.length >= MOST_ROWS)
      throw new MillraceError(
        "TOO_LARGE",
        `${table.url} has more than ${MOST_ROWS} rows: read them into a file by the option file, or fewer by limit`,
      );
    rows.push(row);
  }
  return { version: table.version, count: rows.length, rows };
}
