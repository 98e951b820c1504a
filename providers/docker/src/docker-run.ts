import {
  MillraceError,
  operator,
  Permanent,
  Skip,
  type Args,
  type Connection,
  type Context,
  type Operator,
  type OperatorFactory,
} from "@millrace/core";
import type { ContainerPlan } from "./container-options.ts";
import { DOCKER_RUN_SCHEMA } from "./docker-run-schema.ts";
import { openDocker } from "./open-docker.ts";
import type { ContainerEnd } from "./run-container.ts";

const SKIP_EXIT_CODES: readonly number[] = [99];

/** Options of {@link dockerRun}. */
export interface DockerRunOptions extends ContainerPlan {
  /** A connection of the type `docker`, or its id. Default: the engine of the worker's machine. */
  readonly connection?: Connection | string;
  /** `lastLine` (default) of stdout, `json` or `none`. */
  readonly result?: "lastLine" | "json" | "none";
  /** Exit codes that skip the task. Default `[99]`. */
  readonly skipExitCodes?: readonly number[];
  /** Exit codes that fail it without another try. Default none. */
  readonly permanentExitCodes?: readonly number[];
}

/** {@link dockerRun}: what its result is depends on the option `result`. */
export interface DockerRunFactory {
  (options: Args<DockerRunOptions> & { readonly result?: "lastLine" }): Operator<string>;
  <T = unknown>(options: Args<DockerRunOptions> & { readonly result: "json" }): Operator<T>;
  (options: Args<DockerRunOptions> & { readonly result: "none" }): Operator<undefined>;
  readonly spec: OperatorFactory<DockerRunOptions, unknown>["spec"];
}

/**
 * Runs a container to its end; its lines go to the log as they come.
 *
 * @returns the last line of its stdout, or JSON with `result: "json"`.
 * @throws MillraceError TASK_FAILED for an exit code other than 0, TIMEOUT, UNREACHABLE without an engine, NOT_STORABLE when the result is no JSON; Permanent
 *   for an image or options that the engine refuses. Exit codes may also mean skip (99) or "no other try".
 * @example dockerRun({ image: "busybox:1.36", command: "echo {{ ds }}", memory: "64m", network: "none" })
 */
export const dockerRun = operator({
  name: "DockerOperator",
  color: "#c7e3f4",
  doc: [
    "Runs a container of a Docker Engine to its end; its lines go to the log as they come. It is told of the run by the same variables as `bash`.",
    "",
    '**Result**: the last line of its stdout; JSON with `result: "json"`. **Ends**: on a timeout, stop or clear the container gets SIGTERM, and SIGKILL after the',
    'grace, and is removed. **Fails** with `TASK_FAILED` for any exit code but 0, which may also mean skip (99) or "no other try"; with `TIMEOUT`; with',
    "`UNREACHABLE` without an engine; without another try for an image, option or login that the engine or the registry refuses. The container has labels of",
    "DAG, run, task and try: a try whose worker was lost goes on with its own container, and the next try removes it first.",
  ].join("\n"),
  templated: ["image", "command", "env", "workingDir", "mounts", "network", "user"],
  schema: DOCKER_RUN_SCHEMA,
  run: async ({ connection, result = "lastLine", ...options }: DockerRunOptions, ctx: Context): Promise<unknown> => {
    const { skipExitCodes: _skip, permanentExitCodes: _permanent, ...plan } = options;
    await using docker = await openDocker(connection, { ctx });
    const end = await docker.run(plan);
    judgeExit(end, options);
    return resultOf(end, result);
  },
}) as DockerRunFactory;

function judgeExit({ exitCode, outOfMemory, lastErrors }: ContainerEnd, options: DockerRunOptions): void {
  if (exitCode === 0) return;
  const name = `the container of ${options.image}`;
  if ((options.skipExitCodes ?? SKIP_EXIT_CODES).includes(exitCode))
    throw new Skip(`${name} ended with exit code ${exitCode}`);
  const why = outOfMemory ? `: it needed more than its memory of ${options.memory ?? "the engine's machine"}` : "";
  const wrote = lastErrors === "" ? "" : `; it last wrote to stderr:\n${lastErrors}`;
  const message = `${name} ended with exit code ${exitCode}${why}${wrote}`;
  if (options.permanentExitCodes?.includes(exitCode) === true) throw new Permanent(message);
  throw new MillraceError("TASK_FAILED", message);
}

function resultOf({ stdout, lastLine }: ContainerEnd, mode: NonNullable<DockerRunOptions["result"]>): unknown {
  switch (mode) {
    case "none":
      return undefined;
    case "lastLine":
      return lastLine;
    case "json":
      return jsonOf(stdout, lastLine);
    default:
      throw new Error(`unreachable: ${mode satisfies never}`);
  }
}

function jsonOf(stdout: string | undefined, lastLine: string): unknown {
  if (lastLine === "") return undefined;
  for (const text of [stdout, lastLine]) {
    try {
      if (text !== undefined) return JSON.parse(text) as unknown;
    } catch {
      // The parser would quote the text, which may hold secrets; what was expected is said below.
    }
  }
  throw new MillraceError(
    "NOT_STORABLE",
    'neither stdout nor its last line is JSON, as result: "json" asks for; print it last',
  );
}
