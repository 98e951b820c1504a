import {
  MillraceError,
  operator,
  Permanent,
  type Args,
  type Context,
  type Operator,
  type OperatorFactory,
} from "@millrace/core";
import { clientOf } from "../open-spark.ts";
import { lookUpServer, type SparkServer } from "../spark-server.ts";
import { nameOf } from "./submit-arguments.ts";
import { submitHere } from "./submit-here.ts";
import { SUBMIT_SCHEMA, type SparkSubmitOptions, type SparkSubmitted } from "./submit-options.ts";
import { submitToCluster } from "./submit-to-cluster.ts";

/** {@link sparkSubmit}: its `output` is of the type that you say. */
export interface SparkSubmitFactory {
  <T = unknown>(options: Args<SparkSubmitOptions>): Operator<SparkSubmitted<T>>;
  readonly spec: OperatorFactory<SparkSubmitOptions, SparkSubmitted>["spec"];
}

/**
 * Submits an application to Spark and waits for its end.
 *
 * @returns application id, submission id (cluster mode), state, and `output` by the option `result`.
 * @throws Permanent for a missing application, class or file, for what Spark's analysis refuses and for wrong options; MillraceError UNREACHABLE without
 *   a master, TIMEOUT, otherwise TASK_FAILED; Skip and Permanent by exit code.
 * @example sparkSubmit({ connection: "spark_default", application: "/jobs/orders.py", args: ["--day", "{{ ds }}"], result: "json" })
 */
export const sparkSubmit = operator({
  name: "SparkSubmitOperator",
  color: "#f7a072",
  doc: [
    "Submits a Python file or a jar to Spark and waits for its end. In client mode (and with `local[*]`) it runs `spark-submit` beside the worker, and its",
    "lines go to the log: Spark's with their level under the source `spark`, what the application prints under `stdout`, and every `progressEvery` a line of",
    "progress (tasks of a stage, jobs, micro-batches). In cluster mode a standalone master starts the driver (`spark.master.rest.enabled`; jars only), and",
    "no Java is needed on the worker. YARN and Kubernetes get what `spark-submit` takes; they were not tested, and in cluster",
    "mode there the end of a try ends `spark-submit` alone: its driver goes on.",
    "",
    "**Result**: `{ applicationId, submissionId, state, output }`. **Ends**: on a timeout, stop or clear, `spark-submit` and all that it has started get",
    "SIGTERM, and SIGKILL after the grace, and the master is told to end the application; in cluster mode the master is told to end the driver. **Fails**",
    "without another try for a missing application, class or file, for what Spark's analysis refuses (`AnalysisException`) and for wrong options; with",
    "`UNREACHABLE` without a master, `TIMEOUT`, otherwise `TASK_FAILED` (a lost executor, an exception, an exit code). A retry submits it again: make it",
    'repeatable. `ifActive: "fail"` or `"kill"` keeps two of one name from running at once, should a driver have outlived a lost worker.',
  ].join("\n"),
  templated: ["application", "args", "name", "conf", "env", "jars", "packages", "pyFiles", "files", "master"],
  schema: SUBMIT_SCHEMA,
  run: async (options: SparkSubmitOptions, ctx: Context): Promise<SparkSubmitted> => {
    const server = await lookUpServer(options, ctx);
    const isCluster = (options.deployMode ?? server.deployMode) === "cluster";
    if (isCluster && server.master.startsWith("local"))
      throw new Permanent(`${server.master} has no cluster mode: leave deployMode out`);
    await lookForOther(options, { server, isCluster }, ctx);
    return isCluster && server.master.startsWith("spark://")
      ? await submitToCluster(options, server, ctx)
      : await submitHere(options, server, ctx);
  },
}) as SparkSubmitFactory;

async function lookForOther(
  options: SparkSubmitOptions,
  { server, isCluster }: { readonly server: SparkServer; readonly isCluster: boolean },
  ctx: Context,
): Promise<void> {
  const { ifActive = "submit" } = options;
  const isStandalone = server.master.startsWith("spark://");
  // Without a master Spark goes on asking for a minute; its pages tell at once. Ones that are only assumed may be elsewhere.
  if (!isStandalone || (ifActive === "submit" && !server.isUiGiven)) return;
  const spark = clientOf(server, ctx);
  const { status, active, activeDrivers } = await spark.cluster();
  if (status !== "ALIVE") ctx.log.warn(`the master that has its pages at ${server.ui} is ${status}`);
  if (ifActive === "submit") return;
  const others = isCluster
    ? activeDrivers.filter(({ mainClass }) => mainClass === options.mainClass)
    : active.filter(({ name }) => name === nameOf(options, ctx));
  for (const { id } of others) {
    if (ifActive === "fail")
      throw new MillraceError("CONFLICT", `${id} runs already at ${server.master}; it was not submitted again`);
    ctx.log.warn(`${id} runs already at ${server.master} and is ended`);
    await (isCluster ? spark.killDriver(id) : spark.killApplication(id));
  }
}
