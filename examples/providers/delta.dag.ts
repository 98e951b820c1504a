import { cron, dag, variable } from "millrace";
import {
  deltaAppend,
  deltaFreshness,
  deltaHistory,
  deltaMerge,
  deltaRead,
  deltaRows,
  waitForDeltaVersion,
} from "@millrace/provider-delta";

/** What the operators of Delta Lake look like in a DAG. The regions are the examples of its reference page. */
export const deltaExamples = dag(
  "delta_examples",
  { schedule: cron("*/15 * * * *"), tags: ["example"] },
  ({ task, sensor }) => {
    // #region waitForDeltaVersion
    sensor(
      "wait_for_gold",
      { timeout: "2h", every: "1m", mode: "reschedule" },
      waitForDeltaVersion({ path: "s3://lake/gold/domains", connection: "lake" }),
    );
    // #endregion
    // #region deltaFreshness
    task("check_gold_freshness", deltaFreshness({ path: variable("gold_path"), connection: "lake", maxAge: "2h" }));
    // #endregion
    // #region deltaHistory
    task("last_commits", deltaHistory({ path: "/data/delta/gold/domains", limit: 5 }));
    // #endregion
    // #region deltaRows
    task("count", deltaRows({ path: "/data/delta/gold/domains" }));
    // #endregion
    // #region deltaRead
    task("export", deltaRead({ path: "/data/delta/gold/domains", columns: ["domain"], file: "/data/{{ ds }}.jsonl" }));
    // #endregion
    // #region deltaAppend
    task(
      "append",
      deltaAppend({
        path: "s3://lake/bronze/domains",
        connection: "lake",
        file: "/data/{{ ds }}.jsonl",
        create: {
          columns: { domain: "string", source: "string", ingestion_date: "date" },
          partitionBy: ["ingestion_date"],
        },
      }),
    );
    // #endregion
    // #region deltaMerge
    task(
      "merge",
      deltaMerge({
        path: "s3://lake/gold/domains",
        connection: "lake",
        file: "/data/{{ ds }}.jsonl",
        on: ["domain"],
        whenMatched: { last_seen: "greatest(target.last_seen, source.last_seen)" },
      }),
    );
    // #endregion
  },
);
