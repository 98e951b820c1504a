import { isSecret, type Context, type Secret } from "@millrace/core";

/** Of the worker's environment, what a process gets even when it inherits nothing: where programs are, and whose child it is. */
const ALWAYS = ["PATH", "MILLRACE_WORKER_MARK"];

/** What a process is told of the run, beside what its task says. */
type ToldOf = Pick<
  Context,
  "dagId" | "runId" | "taskId" | "mapIndex" | "tryNumber" | "tryId" | "logicalDate" | "dataInterval" | "traceparent"
>;

/**
 * The environment of a process: that of the worker (unless `inheritEnv` is false), what it is told of the run (`MILLRACE_DAG_ID`, …, and the
 * names that Airflow gives), and `env`.
 */
export function processEnvironment(
  options: { readonly env?: Readonly<Record<string, string | Secret>>; readonly inheritEnv?: boolean },
  ctx: ToldOf,
): Readonly<Record<string, string>> {
  // The worker's environment is an allow-list that the executor has made; there is nothing in it that a task may not see.
  // eslint-disable-next-line no-restricted-syntax
  const worker = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (options.inheritEnv !== false || ALWAYS.includes(entry[0])),
  );
  const own = Object.entries(options.env ?? {}).map(([name, value]) => [
    name,
    isSecret(value) ? value.reveal() : String(value),
  ]);
  return { ...Object.fromEntries(worker), ...toldOf(ctx), ...(Object.fromEntries(own) as Record<string, string>) };
}

function toldOf(ctx: ToldOf): Readonly<Record<string, string>> {
  return {
    MILLRACE_DAG_ID: ctx.dagId,
    MILLRACE_RUN_ID: ctx.runId,
    MILLRACE_TASK_ID: ctx.taskId,
    MILLRACE_MAP_INDEX: String(ctx.mapIndex),
    MILLRACE_TRY_NUMBER: String(ctx.tryNumber),
    MILLRACE_TRY_ID: ctx.tryId,
    ...(ctx.traceparent !== undefined && { TRACEPARENT: ctx.traceparent }),
    MILLRACE_LOGICAL_DATE: ctx.logicalDate,
    MILLRACE_DATA_INTERVAL_START: ctx.dataInterval.start,
    MILLRACE_DATA_INTERVAL_END: ctx.dataInterval.end,
    AIRFLOW_CTX_DAG_ID: ctx.dagId,
    AIRFLOW_CTX_DAG_RUN_ID: ctx.runId,
    AIRFLOW_CTX_TASK_ID: ctx.taskId,
    AIRFLOW_CTX_TRY_NUMBER: String(ctx.tryNumber),
    AIRFLOW_CTX_EXECUTION_DATE: ctx.logicalDate,
  };
}
