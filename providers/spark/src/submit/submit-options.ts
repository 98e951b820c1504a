import type { Duration, Secret } from "@millrace/core";
import { TARGET_PROPERTIES, type DeployMode, type SparkTarget } from "../spark-server.ts";

/** Options of `sparkSubmit`. */
export interface SparkSubmitOptions extends SparkTarget {
  /** A Python file or a jar; in cluster mode where the workers can read it. */
  readonly application: string;
  readonly args?: readonly (string | number)[];
  /** The class with `main`, for a jar. */
  readonly mainClass?: string;
  /** Default `<dag_id>.<task_id>`. */
  readonly name?: string;
  /** Default that of the connection, or `client`. */
  readonly deployMode?: DeployMode;
  readonly conf?: Readonly<Record<string, string | number | boolean>>;
  readonly jars?: readonly string[];
  /** Maven coordinates, which Spark fetches at every start. */
  readonly packages?: readonly string[];
  readonly pyFiles?: readonly string[];
  readonly files?: readonly string[];
  /** For example `1g`. */
  readonly driverMemory?: string;
  readonly executorMemory?: string;
  readonly executorCores?: number;
  /** Of the whole application, on a standalone master. */
  readonly totalExecutorCores?: number;
  /** On YARN and Kubernetes. */
  readonly numExecutors?: number;
  /** Of YARN. Default that of the connection. */
  readonly queue?: string;
  /** Default that of the connection, or `SPARK_HOME` of the worker. */
  readonly sparkHome?: string;
  /** Default that of the connection, or `spark-submit`. */
  readonly sparkBinary?: string;
  /** Of the driver. Secrets are revealed to it only. */
  readonly env?: Readonly<Record<string, string | Secret>>;
  readonly cwd?: string;
  /** From its start; then the driver and the application are ended and the try fails. Default none. */
  readonly timeout?: Duration;
  /** Between SIGTERM and SIGKILL, when it has to end. Default `3s`. */
  readonly grace?: Duration;
  /** What of stdout becomes `output`: nothing (default), its last line, or JSON. Client mode only. */
  readonly result?: "none" | "lastLine" | "json";
  readonly skipExitCodes?: readonly number[];
  readonly permanentExitCodes?: readonly number[];
  /** When the standalone master runs an application of this name (client mode) or a driver of this class (cluster mode) already. Default `submit`. */
  readonly ifActive?: "submit" | "fail" | "kill";
  /** Least time between two lines of progress. Default `10s`. */
  readonly progressEvery?: Duration;
  /** Between two looks at a driver in the cluster. Default `5s`. */
  readonly pollEvery?: Duration;
}

/** What `sparkSubmit` came to. */
export interface SparkSubmitted<T = unknown> {
  /** Of the application, where Spark says it: not for `local[*]`, and in cluster mode not before it runs. */
  readonly applicationId?: string;
  /** In cluster mode. */
  readonly submissionId?: string;
  readonly state: "FINISHED";
  /** By the option `result`. */
  readonly output?: T;
}

const texts = (description: string): object => ({ type: "array", items: { type: "string" }, description });
const text = (description: string): object => ({ type: "string", minLength: 1, description });
const count = (description: string): object => ({ type: "integer", minimum: 1, description });
const exitCodes = (description: string): object => ({
  type: "array",
  items: { type: "integer", minimum: 1, maximum: 255 },
  default: [],
  description,
});

/** JSON Schema of {@link SparkSubmitOptions}. */
export const SUBMIT_SCHEMA = {
  type: "object",
  required: ["application"],
  additionalProperties: false,
  properties: {
    ...TARGET_PROPERTIES,
    application: text("A Python file or a jar; in cluster mode where the workers can read it."),
    args: { type: "array", items: { type: ["string", "number"] }, description: "What the application gets." },
    mainClass: text("The class with `main`, for a jar."),
    name: text(
      "Name of the application. Default `<dag_id>.<task_id>`. What the application says itself goes before it.",
    ),
    deployMode: {
      enum: ["client", "cluster"],
      description: "Where the driver runs. Default that of the connection, or `client`: on the worker of Millrace.",
    },
    conf: {
      type: "object",
      additionalProperties: { type: ["string", "number", "boolean"] },
      description: "Properties of Spark. They stand on a command line: secrets belong into `env`.",
    },
    jars: texts("More jars for driver and executors."),
    packages: texts(
      "Maven coordinates, which Spark fetches at every start. Not with a standalone master in cluster mode.",
    ),
    pyFiles: texts("Python files and archives for `PYTHONPATH`."),
    files: texts("Files for the working folder of each executor."),
    driverMemory: text("For example `1g`."),
    executorMemory: text("For example `2g`."),
    executorCores: count("Cores of each executor."),
    totalExecutorCores: count("Cores of the whole application, on a standalone master."),
    numExecutors: count("Executors, on YARN and Kubernetes."),
    queue: text("Queue of YARN. Default that of the connection."),
    sparkHome: text("Folder of Spark on the worker. Default that of the connection, or `SPARK_HOME`."),
    sparkBinary: text("Program. Default that of the connection, or `spark-submit`."),
    env: {
      type: "object",
      description: "Environment of the driver. Values may be secrets; they are revealed to it only.",
    },
    cwd: text("Folder that it runs in. Default: the folder that Millrace was started in."),
    timeout: text("From its start, for example `2h`; then driver and application are ended and the try fails."),
    grace: { type: "string", default: "3s", description: "Between SIGTERM and SIGKILL, when it has to end." },
    result: {
      enum: ["none", "lastLine", "json"],
      default: "none",
      description:
        "What becomes `output`: nothing, the last line of stdout that is not blank, or that line read as JSON. Client mode only.",
    },
    skipExitCodes: exitCodes("Exit codes of the application that skip the task."),
    permanentExitCodes: exitCodes("Exit codes of the application that fail the task at once, whatever tries are left."),
    ifActive: {
      enum: ["submit", "fail", "kill"],
      default: "submit",
      description:
        "When the standalone master runs an application with this `name` (client mode) or a driver of this `mainClass` (cluster mode) already: submit all the same, fail, or end that one first.",
    },
    progressEvery: {
      type: "string",
      default: "10s",
      description: "Least time between two lines of progress in the log.",
    },
    pollEvery: { type: "string", default: "5s", description: "Between two looks at a driver in the cluster." },
  },
} as const;
