import { setTimeout as wait } from "node:timers/promises";
import { isMillraceError, MillraceError, parseDuration, Permanent, type Context } from "@millrace/core";
import { clientOf, type DriverStatus, type SparkClient } from "../open-spark.ts";
import { errorOfApplication } from "../spark-error.ts";
import type { SparkServer } from "../spark-server.ts";
import { nameOf, ownEnvironment, submitProperties, toldOf } from "./submit-arguments.ts";
import type { SparkSubmitOptions, SparkSubmitted } from "./submit-options.ts";

const KILL_LIMIT_MS = 2_500;
/** A master that restarts is waited for. */
const AWAY_LIMIT_MS = 60_000;

/** Has a standalone master start the driver, and watches it to its end. No Java is needed beside the worker. @throws as `sparkSubmit` says */
export async function submitToCluster(
  options: SparkSubmitOptions,
  server: SparkServer,
  ctx: Context,
): Promise<SparkSubmitted> {
  const { application, mainClass } = options;
  if (mainClass === undefined || /\.(py|R|zip|egg)$/.test(application))
    throw new Permanent("a standalone master takes only jars in cluster mode, with mainClass: use deployMode client");
  const spark = clientOf(server, ctx);
  ctx.signal.throwIfAborted();
  // A submission that is cut off may have been taken, and nobody would know which driver to end: it is heard to its end, which has a limit of its own.
  const unhurried = clientOf(server, { ...partsOf(ctx), signal: new AbortController().signal });
  const submissionId = await unhurried.submit({
    application,
    mainClass,
    args: (options.args ?? []).map(String),
    properties: submitProperties(options, ctx),
    env: { ...toldOf(ctx), ...ownEnvironment(options) },
  });
  ctx.xcom.push("submissionId", submissionId);
  ctx.log.info(`the driver is ${submissionId}`, { submissionId });
  const late = options.timeout === undefined ? undefined : AbortSignal.timeout(parseDuration(options.timeout) / 1_000);
  const signal = late === undefined ? ctx.signal : AbortSignal.any([ctx.signal, late]);
  try {
    await watch(submissionId, clientOf(server, { ...partsOf(ctx), signal }), { options, ctx, signal });
  } catch (error) {
    await endDriver(submissionId, server, ctx);
    if (late?.aborted === true && !ctx.signal.aborted)
      throw new MillraceError("TIMEOUT", `${submissionId} ran longer than its timeout of ${options.timeout}`);
    ctx.signal.throwIfAborted();
    throw error;
  }
  const applicationId = await applicationOf(nameOf(options, ctx), spark);
  return { state: "FINISHED", submissionId, ...(applicationId !== undefined && { applicationId }) };
}

interface Watching {
  readonly options: SparkSubmitOptions;
  readonly ctx: Context;
  readonly signal: AbortSignal;
}

async function watch(submissionId: string, spark: SparkClient, { options, ctx, signal }: Watching): Promise<void> {
  const every = parseDuration(options.pollEvery ?? "5s") / 1_000;
  let last = "";
  let heardAt = performance.now();
  for (;;) {
    const status = await spark.driverStatus(submissionId).catch((error: unknown) => {
      if (!isAway(error) || performance.now() - heardAt > AWAY_LIMIT_MS) throw error;
      ctx.log.warn(`${(error as Error).message} The driver goes on without it`);
      return undefined;
    });
    if (status !== undefined) {
      heardAt = performance.now();
      if (status.state !== last) ctx.log.info(`${submissionId} is ${status.state}`);
      last = status.state;
      if (isFinished(status)) return;
    }
    await wait(every, undefined, { signal });
  }
}

function isAway(error: unknown): boolean {
  return isMillraceError(error) && (error.code === "UNREACHABLE" || error.code === "TIMEOUT");
}

/** @throws when it has ended in another way */
function isFinished({ submissionId, state, message }: DriverStatus): boolean {
  switch (state) {
    case "FINISHED":
      return true;
    case "FAILED":
    case "ERROR":
      throw errorOfApplication(
        `the driver ${submissionId} is ${state}; its own log lies with the worker that ran it`,
        message === undefined ? [] : message.split("\n"),
      );
    case "KILLED":
      throw new MillraceError("TASK_FAILED", `the driver ${submissionId} was killed by somebody else`);
    case "NOT_FOUND":
      throw new MillraceError("TASK_FAILED", `the master does not know ${submissionId} any more: it was started anew`);
    default:
      return false;
  }
}

async function endDriver(submissionId: string, server: SparkServer, ctx: Context): Promise<void> {
  try {
    await clientOf(server, { ...partsOf(ctx), signal: AbortSignal.timeout(KILL_LIMIT_MS) }).killDriver(submissionId);
    ctx.log.info(`the master was told to end ${submissionId}`);
  } catch (error) {
    ctx.log.warn(
      `the master was not told to end ${submissionId}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function partsOf({ connection, fetch, log }: Context): Pick<Context, "connection" | "fetch" | "log"> {
  return { connection, fetch, log };
}

/** The master does not say which application a driver made; its name tells, where the code keeps the one it was given. */
async function applicationOf(name: string, spark: SparkClient): Promise<string | undefined> {
  try {
    const { active, completed } = await spark.cluster();
    const named = [...completed, ...active].filter((application) => application.name === name);
    return named.reduce<(typeof named)[number] | undefined>(
      (newest, each) => (newest === undefined || each.startedAtMs > newest.startedAtMs ? each : newest),
      undefined,
    )?.id;
  } catch {
    return undefined;
  }
}
