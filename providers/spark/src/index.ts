export type { SparkContext } from "./ask-spark.ts";
export type { ClusterState, SparkApplication, SparkDriver, SparkWorker } from "./cluster-state.ts";
export { openSpark, type DriverStatus, type DriverSubmission, type SparkClient } from "./open-spark.ts";
export { sparkApplications, type SparkApplicationsOptions } from "./spark-applications.ts";
export type { DeployMode, SparkServer, SparkTarget } from "./spark-server.ts";
export {
  sparkStreamingCheck,
  type CheckedQuery,
  type SparkStreamingCheckOptions,
} from "./streaming/spark-streaming-check.ts";
export type { StreamingQuery } from "./streaming/streaming-query.ts";
export { sparkSubmit, type SparkSubmitFactory } from "./submit/spark-submit.ts";
export type { SparkSubmitOptions, SparkSubmitted } from "./submit/submit-options.ts";
export {
  waitForSparkApplication,
  type FoundApplication,
  type WaitForSparkApplicationOptions,
} from "./wait-for-spark-application.ts";
