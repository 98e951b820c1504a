import { operator, type Context } from "@millrace/core";
import { writeDelta, type MergeRule, type WrittenRows } from "../write/write-delta.ts";
import { WRITE_PROPERTIES, writeRequest, type WriteOptions } from "./write-options.ts";

/** Options of {@link deltaMerge}. */
export interface DeltaMergeOptions extends WriteOptions {
  /** Columns that tell rows apart. */
  readonly on: readonly string[];
  /** Default `update`; see the schema. */
  readonly whenMatched?: MergeRule["whenMatched"];
  /** Default `insert`. */
  readonly whenNotMatched?: MergeRule["whenNotMatched"];
}

/**
 * Merges rows into a Delta table by key, once per run.
 *
 * @returns version of the table, how many rows were read, inserted and updated, and whether that had been done before
 * @throws MillraceError BAD_ARGUMENT without Python or its packages; Permanent for rows that do not fit, or a missing table
 * @example deltaMerge({ path: "s3://lake/gold/domains", connection: "lake", on: ["domain"], rows: cleaned })
 */
export const deltaMerge = operator({
  name: "DeltaMergeOperator",
  color: "#bfe3c0",
  doc: [
    "Merges rows into a Delta table by the columns of `on`, in one commit: rows that are there are updated, others inserted. The rows must not name one key twice. Rows are",
    "streamed through a small Python program with delta-rs (`pip install deltalake pyarrow`) on the worker's machine.",
    "",
    "**Result**: `{ skipped, version, rows, inserted, updated }`. **A retry merges nothing twice**, as of `deltaAppend`. **Fails** as that does.",
  ].join("\n"),
  templated: ["path", "file", "transaction"],
  schema: {
    type: "object",
    required: ["path", "on"],
    additionalProperties: false,
    properties: {
      ...WRITE_PROPERTIES,
      on: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "Columns that tell rows apart.",
      },
      whenMatched: {
        anyOf: [{ enum: ["update", "keep"] }, { type: "object", additionalProperties: { type: "string" } }],
        default: "update",
        description:
          'All columns become those of the new row, the row stays, or columns get SQL expressions: `{ last_seen: "source.last_seen" }`.',
      },
      whenNotMatched: { enum: ["insert", "ignore"], default: "insert", description: "What happens to new keys." },
    },
  },
  run: async (
    { on, whenMatched = "update", whenNotMatched = "insert", ...options }: DeltaMergeOptions,
    ctx: Context,
  ): Promise<WrittenRows> =>
    await writeDelta({ ...(await writeRequest(options, ctx)), merge: { on, whenMatched, whenNotMatched } }),
});
