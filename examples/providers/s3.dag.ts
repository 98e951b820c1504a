import { cron, dag } from "millrace";
import { s3Copy, s3Delete, s3Download, s3List, s3Presign, s3Upload, waitForObject } from "@millrace/provider-s3";

/** What the operators of S3 look like in a DAG. The regions are the examples of its reference page. */
export const s3Examples = dag("s3_examples", { schedule: cron("@daily"), tags: ["example"] }, ({ task, sensor }) => {
  // #region waitForObject
  sensor(
    "wait_for_files",
    { timeout: "6h", every: "1m", mode: "reschedule" },
    waitForObject({ connection: "lake", key: "in/{{ ds }}/*.csv", minCount: 3, minSizeBytes: 1 }),
  );
  // #endregion
  // #region s3Upload
  task(
    "upload",
    s3Upload({ connection: "lake", key: "in/{{ ds }}.csv", file: "/data/{{ ds }}.csv", checksum: "sha256" }),
  );
  // #endregion
  // #region s3Download
  task("download", s3Download({ connection: "lake", key: "s3://lake/in/{{ ds }}.csv", file: "/data/in/{{ ds }}.csv" }));
  // #endregion
  // #region s3List
  task("list", s3List({ connection: "lake", pattern: "in/{{ ds }}/*.csv" }));
  // #endregion
  // #region s3Copy
  task("archive", s3Copy({ connection: "lake", from: "in/{{ ds }}.csv", to: "s3://archive/{{ ds }}.csv" }));
  // #endregion
  // #region s3Delete
  task("clean_up", s3Delete({ connection: "lake", prefix: "scratch/{{ ds }}/" }));
  // #endregion
  // #region s3Presign
  task("share", s3Presign({ connection: "lake", key: "reports/{{ ds }}.pdf", expiresIn: "1d" }));
  // #endregion
});
