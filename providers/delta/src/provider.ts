import { provider as defineProvider } from "@millrace/core";
import { deltaFreshness } from "./operators/delta-freshness.ts";

/** Delta Lake, as it tells of itself. */
export const provider = defineProvider({
  id: "delta",
  title: "Delta Lake",
  doc: [
    "Tables of Delta Lake, read by their log and their Parquet files, on disk and on S3, without Spark: how fresh they are, what was committed, how many rows they",
    "have, and the rows. Checkpoints in one file, in several, and V2 ones with sidecars are read.",
    "",
    "Tables on S3 use a connection of type `aws`.",
  ].join("\n"),
  operators: { deltaFreshness },
});
