import { MillraceError, Permanent, type Connection } from "@millrace/core";
import type { DeltaRow } from "../rows/read-rows.ts";
import type { DeltaType } from "../rows/table-columns.ts";
import { runProgram, type ProgramAnswer } from "./run-program.ts";
import { deltaAddress } from "./storage-options.ts";

const BATCH_ROWS = 10_000;

/** A table that is made when it is not there. */
export interface NewTable {
  /** Name → type of Delta (`string`, `long`, `double`, `boolean`, `timestamp`, `date`, `decimal(10,2)`…), in their order. */
  readonly columns: Readonly<Record<string, DeltaType>>;
  readonly partitionBy?: readonly string[];
  /** For example `{ "delta.enableChangeDataFeed": "true" }`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** How rows meet those of the table. */
export interface MergeRule {
  /** Columns that tell rows apart. */
  readonly on: readonly string[];
  /** What happens to a row that is there: all its columns become those of the new one, it stays, or columns get SQL expressions over `source` and `target`. */
  readonly whenMatched: "update" | "keep" | Readonly<Record<string, string>>;
  readonly whenNotMatched: "insert" | "ignore";
}

/** What is written where. */
export interface WriteRequest {
  readonly path: string;
  readonly connection: Connection | undefined;
  /** Rows, or the bytes of JSON lines. */
  readonly rows: Iterable<DeltaRow> | AsyncIterable<DeltaRow | Uint8Array>;
  /** Of the same `appId` each `version` is written once. */
  readonly transaction: { readonly appId: string; readonly version: number };
  readonly create?: NewTable;
  /** Without: they are added. */
  readonly merge?: MergeRule;
  readonly python?: string;
  readonly storageOptions?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface WrittenRows {
  /** True when the transaction had been committed before: nothing was written now. */
  readonly skipped: boolean;
  /** Of the table afterwards. */
  readonly version: number;
  /** Rows that were read from the source. */
  readonly rows: number;
  /** Of a merge. */
  readonly inserted?: number;
  readonly updated?: number;
}

/**
 * Adds rows to a table, or merges them into it, in one commit that carries the transaction: all of them or none, and never twice.
 *
 * @throws MillraceError BAD_ARGUMENT without Python or its packages, TASK_FAILED, UNREACHABLE; Permanent for rows that do not fit, a missing table, a refusal
 */
export async function writeDelta(request: WriteRequest): Promise<WrittenRows> {
  const { path, connection, rows, transaction, create, merge, python = "python3", storageOptions, signal } = request;
  const plan = {
    ...deltaAddress(path, connection, storageOptions),
    batchRows: BATCH_ROWS,
    transaction,
    ...(create !== undefined && { create: creationOf(create) }),
    ...(merge !== undefined && { merge: { ...merge, predicate: predicateOf(merge.on) } }),
  };
  const answer = await runProgram(plan, toLines(rows), { python, signal });
  if ("error" in answer) throw errorOf(answer, path, python);
  return answer;
}

function creationOf({ columns, partitionBy, properties }: NewTable): unknown {
  const fields = Object.entries(columns).map(([name, type]) => ({ name, type, nullable: true, metadata: {} }));
  return {
    schema: { type: "struct", fields },
    ...(partitionBy !== undefined && { partitionBy }),
    ...(properties !== undefined && { properties }),
  };
}

function predicateOf(on: readonly string[]): string {
  if (on.length === 0)
    throw new MillraceError("BAD_ARGUMENT", "a merge needs at least one column that tells rows apart");
  return on.map((column) => `target.${quoted(column)} = source.${quoted(column)}`).join(" and ");
}

/** A name in SQL, whatever is in it. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function* toLines(rows: WriteRequest["rows"]): AsyncGenerator<Uint8Array | string> {
  for await (const row of rows)
    // Python reads integers of any length from texts, which JSON's numbers here cannot be.
    yield row instanceof Uint8Array
      ? row
      : `${JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value))}\n`;
}

function errorOf({ error, message }: Extract<ProgramAnswer, { error: string }>, path: string, python: string): Error {
  if (error === "MISSING")
    return new MillraceError(
      "BAD_ARGUMENT",
      `${python} lacks what writes tables of Delta (${message}): run \`${python} -m pip install deltalake pyarrow\``,
    );
  if (error === "NO_TABLE")
    return new Permanent(`there is no Delta table at ${path}: create it, or say its columns by the option create`);
  if (error === "BAD_ROW") return new Permanent(`nothing was written to ${path}: ${message}`);
  if (
    error === "SchemaMismatchError" ||
    /AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|NoSuchBucket|403 Forbidden/.test(message)
  )
    return new Permanent(`nothing was written to ${path}: ${message}`);
  const code = /error sending request|connection|timed? ?out/i.test(message) ? "UNREACHABLE" : "TASK_FAILED";
  return new MillraceError(code, `nothing was written to ${path}: ${error}: ${message}`);
}
