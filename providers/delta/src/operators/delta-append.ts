import { operator, type Context } from "@millrace/core";
import { writeDelta, type WrittenRows } from "../write/write-delta.ts";
import { WRITE_PROPERTIES, writeRequest, type WriteOptions } from "./write-options.ts";

/** Options of {@link deltaAppend}. */
export type DeltaAppendOptions = WriteOptions;

/**
 * Adds rows to a Delta table, once per run.
 *
 * @returns version of the table, how many rows, and whether they had been added before
 * @throws MillraceError BAD_ARGUMENT without Python or its packages; Permanent for rows that do not fit, or a missing table
 * @example deltaAppend({ path: "s3://lake/bronze/domains", connection: "lake", file: "/data/{{ ds }}.jsonl" })
 */
export const deltaAppend = operator({
  name: "DeltaAppendOperator",
  color: "#bfe3c0",
  doc: [
    "Adds rows to a Delta table in one commit: all of them or none. Rows are streamed through a small Python program with delta-rs (`pip install deltalake pyarrow`) on the",
    "worker's machine, ten thousand at a time.",
    "",
    "**Result**: `{ skipped, version, rows }`. **A retry adds nothing twice**: the commit carries an application transaction of Delta, by default one per task instance of a",
    "run, and what it names is written once (`skipped` is true the second time; so it is when the task is cleared: name another `transaction` to write again). **Fails**",
    "without another try for rows that do not fit, a missing table, or a refusal of the storage; with `BAD_ARGUMENT` without Python or its packages; with `UNREACHABLE` or",
    "`TASK_FAILED` otherwise.",
  ].join("\n"),
  templated: ["path", "file", "transaction"],
  schema: { type: "object", required: ["path"], additionalProperties: false, properties: WRITE_PROPERTIES },
  run: async (options: DeltaAppendOptions, ctx: Context): Promise<WrittenRows> => {
    const written = await writeDelta(await writeRequest(options, ctx));
    ctx.log.info(
      written.skipped ? `${options.path} has these rows already` : `added ${written.rows} rows to ${options.path}`,
    );
    return written;
  },
});
