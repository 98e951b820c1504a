import { join, resolve } from "node:path";
import { type Context, Permanent, operator } from "millrace";
import { isFileLog, kafkaTarget } from "../service/open-event-log.ts";
import { KAFKA_CONNECTION, connectionText } from "../service/service-context.ts";
import { openDocker } from "@millrace/provider-docker";
import type { RunResult } from "../steps/source-tally.ts";
import { type CommandEnd, runCommand } from "./run-command.ts";
import { openWithoutRetry } from "./open-without-retry.ts";
import { findRefusal, readRunResult } from "./read-run-result.ts";

/** XCom of a task that ingests: source → records published. */
export const PUBLISHED_BY_SOURCE = "published_by_source";

const TIMEOUT_MS = 600_000;
const IMAGE = "thread-protection-ingestion:latest";
const NETWORK = "pipeline-network";
const MODES = ["subprocess", "docker"] as const;
const NO_DOCKER = /permission denied.*(docker.*socket|docker\.sock|docker daemon)|docker\.sock.*permission denied/is;

/** Options of {@link ingestion}. */
export interface IngestionOptions {
  /** Folder of the pipeline: the service lies in it, and relative configuration paths start there. */
  readonly pipelineFolder: string;
  /** One source of the configuration; null = all. */
  readonly sourceName?: string | null;
  readonly configPath: string;
  /** Event log: brokers, `connection:<id>` or `file:<folder>`; in docker mode brokers. */
  readonly kafkaServers: string;
  /** Default subprocess. */
  readonly executionMode?: (typeof MODES)[number];
  /** Default `thread-protection-ingestion:latest`. */
  readonly dockerImage?: string;
  /** Id of a connection of the type docker, by whose engine containers are run. Default: the docker CLI, and without it a subprocess. */
  readonly dockerConnection?: string;
}

/** What the operator answers, by mode. */
export type IngestionResult =
  | { readonly status: "success"; readonly stdout: string; readonly stderr: string; readonly result: RunResult }
  | { readonly status: "success"; readonly output: string };

/**
 * Runs the ingestion service, in a process of its own or in a container, for at most 600 s. Its log lines become lines of the
 * task's log. The id of the run names what it publishes: a retried or cleared try publishes only what is missing.
 */
export const ingestion = operator({
  name: "IngestionOperator",
  color: "#80D0FF",
  templated: ["sourceName", "configPath"],
  doc: "Runs the ingestion service (subprocess or docker). Fails when it exits with an error, needs more than 600 s, or no source could be fetched. A retry publishes only what is missing.",
  run: async (options: IngestionOptions, ctx): Promise<IngestionResult> => {
    const { executionMode = "subprocess" } = options;
    switch (executionMode) {
      case "subprocess":
        return runSubprocess(options, ctx);
      case "docker":
        return runDocker(options, ctx);
      default:
        throw new Permanent(
          `execution mode "${String(executionMode satisfies never)}" is not one of ${MODES.join(", ")}`,
        );
    }
  },
});

async function runSubprocess(options: IngestionOptions, ctx: Context): Promise<IngestionResult> {
  const { pipelineFolder, configPath, kafkaServers } = options;
  const batchId = [ctx.dagId, ctx.runId, ctx.taskId, ...(ctx.mapIndex >= 0 ? [ctx.mapIndex] : [])].join("/");
  const end = await runCommand({
    program: process.execPath,
    args: [
      join(pipelineFolder, "service", "main.ts"),
      ...["--config", resolve(pipelineFolder, configPath), "--kafka-servers", kafkaServers],
      ...[...sourceArgs(options), "--batch-id", batchId, "--json-logs"],
    ],
    env: await connectionOf(kafkaServers, ctx),
    timeoutMs: TIMEOUT_MS,
    signal: ctx.signal,
    onErrorLine: (line) => relayLine(line, ctx),
  });
  if (end.kind === "exited" && end.code !== 0) {
    const refusal = findRefusal(end.stdout);
    if (refusal !== undefined)
      throw new Permanent(`the ingestion service ended with exit code ${end.code}: ${refusal}`);
  }
  const { stdout, stderr } = outputOf(end, "the ingestion service");
  const result = readRunResult(stdout);
  // The result has all that the service printed and may be large; the dashboard reads these few numbers of many runs.
  ctx.xcom.push(PUBLISHED_BY_SOURCE, result.publish_stats.by_source);
  return { status: "success", stdout, stderr, result };
}

/** The service has no connections of its own; it is given the one that it is to use, beside its arguments, which anybody can see. */
async function connectionOf(kafkaServers: string, ctx: Context): Promise<Readonly<Record<string, string>>> {
  if (isFileLog(kafkaServers)) return {};
  const target = openWithoutRetry(() => kafkaTarget(kafkaServers));
  if (!("connection" in target) || typeof target.connection !== "string") return {};
  return { [KAFKA_CONNECTION]: connectionText(await ctx.connection(target.connection)) };
}

/** By the Docker Engine API: the container is removed when it has ended, and a try whose worker was lost goes on with its own. */
async function runByEngine(options: IngestionOptions, connection: string, ctx: Context): Promise<IngestionResult> {
  const { dockerImage = IMAGE, kafkaServers } = options;
  const args = sourceArgs(options);
  await using docker = await openDocker(connection, { ctx });
  const { exitCode, outOfMemory, stdout, lastLine, lastErrors } = await docker.run({
    image: dockerImage,
    ...(args.length === 0 ? {} : { command: args }),
    env: { KAFKA_BOOTSTRAP_SERVERS: kafkaServers },
    network: NETWORK,
    timeout: "600s",
  });
  if (exitCode === 0) return { status: "success", output: stdout ?? lastLine };
  const why = outOfMemory ? "it needed more memory than it may have" : lastErrors.trim();
  throw new Error(`the container of ${dockerImage} ended with exit code ${exitCode}: ${why}`);
}

async function runDocker(options: IngestionOptions, ctx: Context): Promise<IngestionResult> {
  const { dockerConnection = "" } = options;
  if (dockerConnection !== "") return await runByEngine(options, dockerConnection, ctx);
  const { dockerImage = IMAGE, kafkaServers } = options;
  const end = await runCommand({
    program: "docker",
    args: [
      ...["run", "--rm", "--network", NETWORK, "--env", `KAFKA_BOOTSTRAP_SERVERS=${kafkaServers}`],
      ...[dockerImage, ...sourceArgs(options)],
    ],
    timeoutMs: TIMEOUT_MS,
    signal: ctx.signal,
    onErrorLine: (line) => relayLine(line, ctx),
  });
  const isRefused = end.kind === "exited" && end.code !== 0 && NO_DOCKER.test(end.stderr);
  if (end.kind === "notStarted" || isRefused) {
    const why = end.kind === "notStarted" ? end.why : end.stderr.trim();
    ctx.log.warn("docker mode needs the docker CLI and the right to use its socket; running as a subprocess", { why });
    return runSubprocess(options, ctx);
  }
  const { stdout, stderr } = outputOf(
    end,
    `docker run ${dockerImage} (it needs the image and the network pipeline-network)`,
  );
  return { status: "success", output: stdout === "" ? stderr : stdout };
}

function outputOf(end: CommandEnd, what: string): { readonly stdout: string; readonly stderr: string } {
  switch (end.kind) {
    case "notStarted":
      throw new Error(`${what} did not start: ${end.why}`);
    case "timedOut":
      throw new Error(`${what} needed more than ${TIMEOUT_MS / 1_000} s and was stopped`);
    case "killed":
      throw new Error(`${what} was ended by ${end.killedBy}: ${end.stderr.trim()}`);
    case "exited":
      if (end.code !== 0) throw new Error(`${what} ended with exit code ${end.code}: ${end.stderr.trim()}`);
      return { stdout: end.stdout, stderr: end.stderr };
    default:
      throw new Error(`unreachable: ${JSON.stringify(end satisfies never)}`);
  }
}

// A template renders null as a text; neither names a source.
function sourceArgs({ sourceName }: IngestionOptions): readonly string[] {
  return sourceName === undefined || sourceName === null || ["", "None", "null"].includes(sourceName)
    ? []
    : ["--source", sourceName];
}

function relayLine(line: string, { log }: Context): void {
  const fields = parseLogLine(line);
  if (fields === undefined) {
    log.info(line);
    return;
  }
  const { level, event, timestamp: _timestamp, ...rest } = fields;
  const write = { DEBUG: "debug", INFO: "info", WARNING: "warn", ERROR: "error" } as const;
  log[write[level as keyof typeof write] ?? "info"](String(event), rest);
}

function parseLogLine(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    // The service prints JSON; a line that is none comes from the runtime below it and is shown as it is.
    return undefined;
  }
}
