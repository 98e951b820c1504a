import { join, resolve } from "node:path";
import { type Context, Permanent, Secret, operator } from "millrace";
import { openDocker } from "@millrace/provider-docker";
import type { RunResult } from "../steps/source-tally.ts";
import { EXECUTION_MODES, type IngestionOptions } from "./ingestion-options.ts";
import { batchIdOf, containerOf, secretsOf } from "./ingestion-container.ts";
import { type CommandEnd, runCommand } from "./run-command.ts";
import { findRefusal, isRunResult, readRunResult } from "./read-run-result.ts";

/** XCom of a task that ingests: source → records published. */
export const PUBLISHED_BY_SOURCE = "published_by_source";

const TIMEOUT_MS = 600_000;
const NO_DOCKER = /permission denied.*(docker.*socket|docker\.sock|docker daemon)|docker\.sock.*permission denied/is;

/** What the operator answers, by mode. */
export type IngestionResult =
  | { readonly status: "success"; readonly stdout: string; readonly stderr: string; readonly result: RunResult }
  /** `result` where the image is that of this service: another one may print what it likes. */
  | { readonly status: "success"; readonly output: string; readonly result?: RunResult };

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
          `execution mode "${String(executionMode satisfies never)}" is not one of ${EXECUTION_MODES.join(", ")}`,
        );
    }
  },
});

async function runSubprocess(options: IngestionOptions, ctx: Context): Promise<IngestionResult> {
  const { pipelineFolder, configPath, kafkaServers } = options;
  const end = await runCommand({
    program: process.execPath,
    args: [
      join(pipelineFolder, "service", "main.ts"),
      ...["--config", resolve(pipelineFolder, configPath), "--kafka-servers", kafkaServers],
      ...[...sourceArgs(options), "--batch-id", batchIdOf(ctx), "--json-logs"],
    ],
    env: await secretsOf(kafkaServers, ctx),
    timeoutMs: TIMEOUT_MS,
    signal: ctx.signal,
    onErrorLine: (line) => relayLine(line, ctx),
  });
  const { stdout, stderr } = outputOf(end, "the ingestion service");
  return { status: "success", stdout, stderr, result: takeResult(stdout, ctx) };
}

/** The result of the service, whose few numbers by source the dashboard reads of many runs: the whole may be large. */
function takeResult(stdout: string, ctx: Context): RunResult {
  const result = readRunResult(stdout);
  ctx.xcom.push(PUBLISHED_BY_SOURCE, result.publish_stats.by_source);
  return result;
}

/** By the Docker Engine API: the container is removed when it has ended, and a try whose worker was lost goes on with its own. */
async function runByEngine(options: IngestionOptions, connection: string, ctx: Context): Promise<IngestionResult> {
  const { image, network, env, secrets, mounts } = await containerOf(options, ctx);
  const args = sourceArgs(options);
  await using docker = await openDocker(connection, { ctx });
  const hidden = Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]);
  const { exitCode, outOfMemory, stdout, lastLine, lastErrors } = await docker.run({
    image,
    ...(args.length === 0 ? {} : { command: args }),
    env: { ...env, ...(Object.fromEntries(hidden) as Record<string, Secret>) },
    network,
    mounts: mounts.map((folder) => ({ source: folder, target: folder })),
    timeout: "600s",
  });
  const what = `the container of ${image}`;
  if (outOfMemory) throw new Error(`${what} ended with exit code ${exitCode}: it needed more memory than it may have`);
  outputOf({ kind: "exited", code: exitCode, stdout: lastLine, stderr: lastErrors }, what);
  return { status: "success", output: stdout ?? lastLine, ...ownResult(lastLine, ctx) };
}

async function runDocker(options: IngestionOptions, ctx: Context): Promise<IngestionResult> {
  const { dockerConnection = "" } = options;
  if (dockerConnection !== "") return await runByEngine(options, dockerConnection, ctx);
  const { image, network, env, secrets, mounts } = await containerOf(options, ctx);
  const end = await runCommand({
    program: "docker",
    args: [
      ...["run", "--rm", "--network", network],
      ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      // By name alone: anybody can see the arguments.
      ...Object.keys(secrets).flatMap((name) => ["--env", name]),
      ...mounts.flatMap((folder) => ["--mount", `type=bind,source=${folder},target=${folder}`]),
      ...[image, ...sourceArgs(options)],
    ],
    env: secrets,
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
  const { stdout, stderr } = outputOf(end, `docker run ${image} (it needs the image and the network ${network})`);
  return { status: "success", output: stdout === "" ? stderr : stdout, ...ownResult(stdout, ctx) };
}

/** What a container printed, if it was this service. */
function ownResult(stdout: string, ctx: Context): { readonly result?: RunResult } {
  return isRunResult(stdout) ? { result: takeResult(stdout, ctx) } : {};
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
      if (end.code !== 0) throw exitError(end, what);
      return { stdout: end.stdout, stderr: end.stderr };
    default:
      throw new Error(`unreachable: ${JSON.stringify(end satisfies never)}`);
  }
}

function exitError({ code, stdout, stderr }: Extract<CommandEnd, { kind: "exited" }>, what: string): Error {
  const refusal = findRefusal(stdout);
  if (refusal !== undefined) return new Permanent(`${what} ended with exit code ${code}: ${refusal}`);
  return new Error(`${what} ended with exit code ${code}: ${stderr.trim()}`);
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
