import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MillraceError, Permanent, Skip, type Context, type Duration } from "@millrace/core";
import { processEnvironment } from "./process-environment.ts";
import type { ProcessOptions } from "./process-options.ts";
import { runProcess, type ProcessEnd, type ProcessRequest } from "./run-process.ts";

const GRACE: Duration = "3s";
const SKIP_EXIT_CODES: readonly number[] = [99];
const MAX_RESULT_BYTES = 64 * 1_048_576;

/**
 * Runs a process as an operator does: with the environment, limits, exit codes and result that its options ask for.
 *
 * @param prepare says what to run; it gets a folder that is removed afterwards.
 * @throws MillraceError TASK_FAILED for an exit code above 0, NOT_STORABLE when the result is no JSON; Skip and Permanent by exit code; what
 *   {@link runProcess} throws.
 */
export async function runToResult(
  options: ProcessOptions,
  ctx: Context,
  prepare: (folder: string) => Promise<Pick<ProcessRequest, "file" | "args" | "stdin">>,
): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-task-"));
  try {
    const what = await prepare(folder);
    const resultFile = join(folder, "result.json");
    const end = await runProcess(
      {
        ...what,
        env: { MILLRACE_RESULT_FILE: resultFile, ...processEnvironment(options, ctx) },
        grace: options.grace ?? GRACE,
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        ...(options.timeout !== undefined && { timeout: options.timeout }),
      },
      ctx,
    );
    judgeExit(end, what.file, options);
    return await resultOf(end, options.result ?? "lastLine", resultFile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function judgeExit(end: ProcessEnd, file: string, options: ProcessOptions): void {
  const { exitCode } = end;
  if (exitCode === 0) return;
  if (exitCode !== null && (options.skipExitCodes ?? SKIP_EXIT_CODES).includes(exitCode))
    throw new Skip(`${file} ended with exit code ${exitCode}`);
  const how = exitCode === null ? `was ended by ${end.signal}` : `ended with exit code ${exitCode}`;
  const message = `${file} ${how}${end.lastErrors === "" ? "" : `; it last wrote to stderr:\n${end.lastErrors}`}`;
  if (exitCode !== null && options.permanentExitCodes?.includes(exitCode) === true) throw new Permanent(message);
  throw new MillraceError("TASK_FAILED", message);
}

async function resultOf(
  end: ProcessEnd,
  mode: NonNullable<ProcessOptions["result"]>,
  resultFile: string,
): Promise<unknown> {
  switch (mode) {
    case "none":
      return undefined;
    case "lastLine":
      return end.lastLine;
    case "json":
      return await jsonOf(end, resultFile);
    default:
      throw new Error(`unreachable: ${mode satisfies never}`);
  }
}

async function jsonOf(end: ProcessEnd, resultFile: string): Promise<unknown> {
  const written = await readResultFile(resultFile);
  return written === undefined ? readStdout(end) : written;
}

async function readResultFile(file: string): Promise<unknown> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || found.size === 0) return undefined;
  if (found.size > MAX_RESULT_BYTES)
    throw new MillraceError(
      "TOO_LARGE",
      `MILLRACE_RESULT_FILE has ${found.size} bytes, more than the ${MAX_RESULT_BYTES} that a result may have`,
    );
  const value = parseJson(await readFile(file, "utf8"));
  if (value === undefined)
    throw new MillraceError("NOT_STORABLE", "what was written to MILLRACE_RESULT_FILE is no JSON");
  return value;
}

function readStdout({ stdout, lastLine }: ProcessEnd): unknown {
  if (lastLine === "") return undefined;
  for (const text of [stdout, lastLine]) {
    const value = text === undefined ? undefined : parseJson(text);
    if (value !== undefined) return value;
  }
  throw new MillraceError(
    "NOT_STORABLE",
    'neither stdout nor its last line is JSON, as result: "json" asks for; print it last, or write it to the file named in MILLRACE_RESULT_FILE',
  );
}

/** @returns undefined when the text is no JSON, which has no `undefined` itself. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The caller says what was expected; the parser would quote the text, which may hold secrets.
    return undefined;
  }
}
