import { isSecret, type Context } from "@millrace/core";
import type { SparkServer } from "../spark-server.ts";
import type { SparkSubmitOptions } from "./submit-options.ts";

/** What a driver is told of the run. */
type ToldOf = Pick<Context, "dagId" | "runId" | "taskId" | "mapIndex" | "tryNumber" | "tryId" | "logicalDate">;

/** The properties that say on the application's own page which try it belongs to. */
function triedBy(ctx: ToldOf): Readonly<Record<string, string>> {
  return {
    "spark.millrace.dagId": ctx.dagId,
    "spark.millrace.runId": ctx.runId,
    "spark.millrace.taskId": ctx.taskId,
    "spark.millrace.tryId": ctx.tryId,
  };
}

/** Name of the application. */
export function nameOf({ name }: SparkSubmitOptions, { dagId, taskId }: ToldOf): string {
  return name ?? `${dagId}.${taskId}`;
}

/** The arguments of `spark-submit`. */
export function submitArguments(options: SparkSubmitOptions, server: SparkServer, ctx: ToldOf): readonly string[] {
  const { conf = {}, args = [] } = options;
  const list = (items: readonly string[] | undefined): string | undefined =>
    items === undefined || items.length === 0 ? undefined : items.join(",");
  const named: Readonly<Record<string, string | number | undefined>> = {
    master: server.master,
    "deploy-mode":
      options.deployMode ?? server.deployMode ?? (server.master.startsWith("local") ? undefined : "client"),
    name: nameOf(options, ctx),
    class: options.mainClass,
    jars: list(options.jars),
    packages: list(options.packages),
    "py-files": list(options.pyFiles),
    files: list(options.files),
    "driver-memory": options.driverMemory,
    "executor-memory": options.executorMemory,
    "executor-cores": options.executorCores,
    "total-executor-cores": options.totalExecutorCores,
    "num-executors": options.numExecutors,
    queue: options.queue ?? server.queue,
  };
  const namespace = server.namespace !== undefined && { "spark.kubernetes.namespace": server.namespace };
  return [
    ...Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)])),
    ...Object.entries({ ...triedBy(ctx), ...namespace, ...conf }).flatMap(([key, value]) => [
      "--conf",
      `${key}=${value}`,
    ]),
    options.application,
    ...args.map(String),
  ];
}

/** What Spark needs of Java's own classes, from Java 17 on. spark-submit adds it to a driver, a master's REST server does not (Spark 3.5). */
const JAVA_MODULES = [
  "-XX:+IgnoreUnrecognizedVMOptions",
  ...[
    "lang",
    "lang.invoke",
    "lang.reflect",
    "io",
    "net",
    "nio",
    "util",
    "util.concurrent",
    "util.concurrent.atomic",
  ].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`),
  ...["jdk.internal.ref", "sun.nio.ch", "sun.nio.cs", "sun.security.action", "sun.util.calendar"].map(
    (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
  ),
  "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
  "-Djdk.reflect.useDirectMethodHandle=false",
].join(" ");
const DRIVER_JAVA = "spark.driver.extraJavaOptions";

/** The same for a standalone master's submissions, as properties. */
export function submitProperties(options: SparkSubmitOptions, ctx: ToldOf): Readonly<Record<string, string>> {
  const properties: Readonly<Record<string, string | number | boolean | undefined>> = {
    "spark.app.name": nameOf(options, ctx),
    "spark.driver.supervise": "false",
    // The driver's class path needs the application too; spark-submit adds it in the same way.
    "spark.jars": [...(options.jars ?? []), options.application].join(","),
    "spark.files": options.files?.join(","),
    "spark.driver.memory": options.driverMemory,
    "spark.executor.memory": options.executorMemory,
    "spark.executor.cores": options.executorCores,
    "spark.cores.max": options.totalExecutorCores,
    ...triedBy(ctx),
    ...options.conf,
    [DRIVER_JAVA]: `${JAVA_MODULES} ${options.conf?.[DRIVER_JAVA] ?? ""}`.trim(),
  };
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

/** The program, from the first of: options, connection, the worker's `SPARK_HOME`, `PATH`. */
export function submitProgram(options: SparkSubmitOptions, server: SparkServer): string {
  const program = options.sparkBinary ?? server.sparkBinary ?? "spark-submit";
  // eslint-disable-next-line no-restricted-syntax -- where Spark lies on a worker is said by this name everywhere
  const home = options.sparkHome ?? server.sparkHome ?? process.env["SPARK_HOME"];
  return program.includes("/") || home === undefined || home === "" ? program : `${home}/bin/${program}`;
}

/** What the application's own environment has, secrets revealed. */
export function ownEnvironment({ env = {} }: SparkSubmitOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, isSecret(value) ? value.reveal() : String(value)]),
  );
}

/** What a driver's environment says of the run. */
export function toldOf(ctx: ToldOf): Readonly<Record<string, string>> {
  return {
    MILLRACE_DAG_ID: ctx.dagId,
    MILLRACE_RUN_ID: ctx.runId,
    MILLRACE_TASK_ID: ctx.taskId,
    MILLRACE_MAP_INDEX: String(ctx.mapIndex),
    MILLRACE_TRY_NUMBER: String(ctx.tryNumber),
    MILLRACE_TRY_ID: ctx.tryId,
    MILLRACE_LOGICAL_DATE: ctx.logicalDate,
  };
}

/** The environment of a driver beside the worker: that of the worker, what it is told of the run, and `env`. */
export function driverEnvironment(
  options: SparkSubmitOptions,
  server: SparkServer,
  ctx: ToldOf,
): Readonly<Record<string, string>> {
  // The worker's environment is an allow-list that the executor has made; there is nothing in it that a task may not see.
  // eslint-disable-next-line no-restricted-syntax
  const worker = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const home = options.sparkHome ?? server.sparkHome;
  return {
    ...Object.fromEntries(worker),
    ...(home !== undefined && { SPARK_HOME: home }),
    ...toldOf(ctx),
    ...ownEnvironment(options),
  };
}
