import { cron, dag } from "millrace";
import { sparkApplications, sparkStreamingCheck, sparkSubmit, waitForSparkApplication } from "@millrace/provider-spark";

/** What the operators of Spark look like in a DAG. The regions are the examples of its reference page. */
export const sparkExamples = dag(
  "spark_examples",
  { schedule: cron("@daily"), tags: ["example"] },
  ({ task, sensor }) => {
    // #region sparkApplications
    const up = task(
      "check_cluster",
      sparkApplications({ connection: "spark_default", minWorkers: 2, mustRun: ["bronze", "silver"] }),
    );
    // #endregion
    // #region sparkSubmit
    const load = task(
      "load_orders",
      { after: [up], retries: 2 },
      sparkSubmit<{ readonly rows: number }>({
        connection: "spark_default",
        application: "/jobs/load_orders.py",
        args: ["--day", "{{ ds }}"],
        conf: { "spark.sql.shuffle.partitions": 8 },
        driverMemory: "1g",
        executorMemory: "2g",
        timeout: "2h",
        ifActive: "fail",
        result: "json",
      }),
    );
    // #endregion
    // #region sparkStreamingCheck
    task(
      "check_streams",
      sparkStreamingCheck({
        progressFile: ["/data/progress/bronze.jsonl", "/data/progress/silver.jsonl"],
        queries: ["bronze", "silver"],
        maxAge: "5m",
      }),
    );
    // #endregion
    // #region waitForSparkApplication
    sensor(
      "wait_for_compaction",
      { after: [load], timeout: "2h", every: "1m", mode: "reschedule" },
      waitForSparkApplication({ connection: "spark_default", name: "compact_orders" }),
    );
    // #endregion
  },
);
