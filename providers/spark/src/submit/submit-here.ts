import { isMillraceError, MillraceError, Permanent, Skip, type Context } from "@millrace/core";
import { clientOf } from "../open-spark.ts";
import { errorOfApplication } from "../spark-error.ts";
import type { SparkServer } from "../spark-server.ts";
import { runProcess, type ProcessEnd } from "./run-process.ts";
import { createSparkLog } from "./spark-log.ts";
import { driverEnvironment, submitArguments, submitProgram } from "./submit-arguments.ts";
import type { SparkSubmitOptions, SparkSubmitted } from "./submit-options.ts";

/** How long a master may take to end an application whose driver is being ended. */
const KILL_LIMIT_MS = 2_500;

/** Runs `spark-submit` to its end. @throws as `sparkSubmit` says */
export async function submitHere(
  options: SparkSubmitOptions,
  server: SparkServer,
  ctx: Context,
): Promise<SparkSubmitted> {
  const file = submitProgram(options, server);
  const lines = createSparkLog(ctx.log, options.progressEvery ?? "10s");
  let isTold = false;
  const end = await runProcess(
    {
      file,
      args: submitArguments(options, server, ctx),
      env: driverEnvironment(options, server, ctx),
      cwd: options.cwd,
      timeout: options.timeout,
      grace: options.grace ?? "3s",
      onLine: (line, source) => {
        lines.take(line, source);
        const id = lines.applicationId();
        if (id === undefined || isTold) return;
        isTold = true;
        ctx.log.info(`the application is ${id}`, { applicationId: id });
      },
      onEnding: async () => await endAtMaster(lines.applicationId(), server, ctx),
    },
    ctx,
  ).catch((error: unknown) => {
    // Another try would find no program either.
    if (isMillraceError(error) && error.code === "BAD_ARGUMENT") throw new Permanent(error.message, { cause: error });
    throw error;
  });
  judge(end, { file, lines: lines.lastLines() }, options);
  const applicationId = lines.applicationId();
  return {
    state: "FINISHED",
    ...(applicationId !== undefined && { applicationId }),
    ...outputOf(lines.stdout(), options.result ?? "none"),
  };
}

/** A driver that is killed leaves its executors to the master, which notices that only when the connection breaks: it is told. */
async function endAtMaster(
  applicationId: string | undefined,
  server: SparkServer,
  { connection, fetch, log }: Context,
): Promise<void> {
  if (applicationId === undefined || server.ui === undefined || !applicationId.startsWith("app-")) return;
  const signal = AbortSignal.timeout(KILL_LIMIT_MS);
  try {
    await clientOf(server, { connection, fetch, log, signal }).killApplication(applicationId);
    log.info(`the master was told to end ${applicationId}`);
  } catch (error) {
    log.warn(
      `the master was not told to end ${applicationId}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function judge(
  { exitCode, signal }: ProcessEnd,
  { file, lines }: { readonly file: string; readonly lines: readonly string[] },
  { skipExitCodes = [], permanentExitCodes = [] }: SparkSubmitOptions,
): void {
  if (exitCode === 0) return;
  const how = exitCode === null ? `${file} was ended by ${signal}` : `${file} ended with exit code ${exitCode}`;
  if (exitCode !== null && skipExitCodes.includes(exitCode)) throw new Skip(how);
  const error = errorOfApplication(how, lines);
  if (exitCode !== null && permanentExitCodes.includes(exitCode)) throw new Permanent(error.message);
  throw error;
}

function outputOf(stdout: string | undefined, result: "none" | "lastLine" | "json"): { readonly output?: unknown } {
  if (result === "none") return {};
  if (stdout === undefined)
    throw new MillraceError(
      "NOT_STORABLE",
      "the application printed too much for a result: write it to a file or a table",
    );
  const line = stdout.split("\n").findLast((each) => each.trim() !== "") ?? "";
  if (result === "lastLine") return { output: line };
  try {
    return { output: JSON.parse(line) as unknown };
  } catch (error) {
    const message = `the last line that the application printed is no JSON: ${line.slice(0, 200)}`;
    throw new MillraceError("NOT_STORABLE", message, { cause: error });
  }
}
