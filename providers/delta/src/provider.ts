import { provider as defineProvider } from "@millrace/core";
import { deltaAppend } from "./operators/delta-append.ts";
import { deltaFreshness } from "./operators/delta-freshness.ts";
import { deltaHistory } from "./operators/delta-history.ts";
import { deltaMerge } from "./operators/delta-merge.ts";
import { deltaRead } from "./operators/delta-read.ts";
import { deltaRows } from "./operators/delta-rows.ts";
import { waitForDeltaVersion } from "./operators/wait-for-delta-version.ts";

/** Delta Lake, as it tells of itself. */
export const provider = defineProvider({
  id: "delta",
  title: "Delta Lake",
  doc: [
    "Tables of Delta Lake, read by their log and their Parquet files, on disk and on S3, without Spark: how fresh they are, what was committed, how many rows they",
    "have, and the rows. Checkpoints in one file, in several, and V2 ones with sidecars are read.",
    "",
    "Tables on S3 use a connection of type `aws`. Rows are written by delta-rs, a Python package: nothing that JavaScript has writes Delta. Tested with tables of delta-rs 1.6.",
  ].join("\n"),
  operators: { deltaFreshness, deltaHistory, deltaRows, deltaRead, deltaAppend, deltaMerge, waitForDeltaVersion },
  parts: [
    {
      name: "openDelta",
      kind: "hook",
      doc: [
        "A version of a table, for bodies and callbacks: `history`, `newestData`, `newestValue`, `countRows` and `rows`, each read when it is asked for:",
        '`await using table = await openDelta("s3://lake/gold/domains", { connection: "lake", ctx })`.',
      ].join("\n"),
    },
    {
      name: "checkFreshness",
      kind: "function",
      doc: 'What `deltaFreshness` does, for a table that is open: `await checkFreshness(table, { maxAge: "2h", now: ctx.now() })`.',
    },
    {
      name: "writeDelta",
      kind: "function",
      doc: "What `deltaAppend` and `deltaMerge` do, for rows that a body makes one by one.",
    },
  ],
});
