import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { MillraceError, type Context } from "@millrace/core";
import { findConnection } from "../find-connection.ts";
import type { DeltaRow } from "../rows/read-rows.ts";
import type { NewTable, WriteRequest } from "../write/write-delta.ts";
import { TABLE_PROPERTIES, type TableOptions } from "./table-options.ts";

/** What operators that write have in common: one of `rows` and `file`. */
export interface WriteOptions extends TableOptions {
  /** Rows by the names of their columns; times and dates as texts, bytes as base64. */
  readonly rows?: readonly DeltaRow[];
  /** A file of JSON lines on the worker's machine; it is streamed. */
  readonly file?: string;
  /** Makes the table when it is not there. Default: a missing table is an error. */
  readonly create?: NewTable;
  /** What is written once. Default: this task instance of this run. */
  readonly transaction?: { readonly appId: string; readonly version: number };
  /** The interpreter that has `deltalake` and `pyarrow`. Default `python3`. */
  readonly python?: string;
  /** More options of delta-rs, for example `{ AWS_S3_ALLOW_UNSAFE_RENAME: "true" }` for a store without conditional writes and one writer. */
  readonly storageOptions?: Readonly<Record<string, string>>;
}

/** The schema of {@link WriteOptions}. */
export const WRITE_PROPERTIES = {
  ...TABLE_PROPERTIES,
  rows: {
    type: "array",
    items: { type: "object" },
    description: "Rows by the names of their columns; times and dates as texts, bytes as base64.",
  },
  file: {
    type: "string",
    minLength: 1,
    description: "A file of JSON lines on the worker's machine; it is streamed. Instead of `rows`.",
  },
  create: {
    type: "object",
    required: ["columns"],
    additionalProperties: false,
    properties: {
      columns: { type: "object", minProperties: 1, description: "Name → type of Delta, in their order." },
      partitionBy: { type: "array", items: { type: "string" } },
      properties: { type: "object", additionalProperties: { type: "string" } },
    },
    description:
      "Makes the table when it is not there: `{ columns, partitionBy, properties }`. Default: a missing table is an error.",
  },
  transaction: {
    type: "object",
    required: ["appId", "version"],
    additionalProperties: false,
    properties: { appId: { type: "string", minLength: 1 }, version: { type: "integer", minimum: 0 } },
    description: "What is written once: `{ appId, version }`. Default: this task instance of this run.",
  },
  python: {
    type: "string",
    minLength: 1,
    default: "python3",
    description: "The interpreter that has `deltalake` and `pyarrow`.",
  },
  storageOptions: {
    type: "object",
    additionalProperties: { type: "string" },
    description:
      "More options of delta-rs, for example `AWS_S3_ALLOW_UNSAFE_RENAME` for a store without conditional writes and with one writer.",
  },
} as const;

/** What an operator writes, without how. @throws MillraceError BAD_ARGUMENT without exactly one source of rows, or without the file */
export async function writeRequest(options: WriteOptions, ctx: Context): Promise<WriteRequest> {
  const { path, connection, rows, file, create, transaction, python, storageOptions } = options;
  if ((rows === undefined) === (file === undefined))
    throw new MillraceError("BAD_ARGUMENT", "exactly one of the options rows and file says what is written");
  if (file !== undefined && !(await stat(file).catch(() => undefined))?.isFile())
    throw new MillraceError("BAD_ARGUMENT", `there is no file ${file} on the machine of this worker`);
  return {
    path,
    connection: await findConnection(connection, ctx),
    rows: file === undefined ? (rows ?? []) : (createReadStream(file) as AsyncIterable<Uint8Array>),
    transaction: transaction ?? {
      appId: `millrace/${ctx.dagId}/${ctx.runId}/${ctx.taskId}/${ctx.mapIndex}`,
      version: 1,
    },
    signal: ctx.signal,
    ...(create !== undefined && { create }),
    ...(python !== undefined && { python }),
    ...(storageOptions !== undefined && { storageOptions }),
  };
}
