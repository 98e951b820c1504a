import { provider as defineProvider } from "@millrace/core";
import { SPARK_TYPE } from "./connection-type.ts";
import { sparkApplications } from "./spark-applications.ts";
import { sparkStreamingCheck } from "./streaming/spark-streaming-check.ts";
import { sparkSubmit } from "./submit/spark-submit.ts";
import { waitForSparkApplication } from "./wait-for-spark-application.ts";

/** Apache Spark. */
export const provider = defineProvider({
  id: "spark",
  title: "Apache Spark",
  doc: [
    "Submits applications to Spark, looks at a standalone cluster, and checks streaming queries. Tested with Spark 3.5.7 on Java 17: `local[*]`, a standalone",
    "master in client mode, and in cluster mode by its REST server. Workers of Millrace need Spark (`SPARK_HOME`, or `spark-home` of the connection) and Java",
    "for client mode, and nothing for the rest. YARN and Kubernetes get what `spark-submit` takes, and were not tested.",
  ].join("\n"),
  connectionTypes: [SPARK_TYPE],
  operators: { sparkSubmit, sparkApplications, sparkStreamingCheck, waitForSparkApplication },
  parts: [
    {
      name: "openSpark",
      kind: "hook",
      doc: [
        "A client of a standalone master, with `cluster`, `killApplication`, `submit`, `driverStatus` and `killDriver`:",
        '`await using spark = await openSpark({ connection: "spark_default" }, { ctx })`. What only reads or ends something is tried three times.',
      ].join("\n"),
    },
  ],
});
