import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MillraceError } from "@millrace/core";
import { DELTA_PROGRAM } from "./delta-program.ts";

const GRACE_MS = 5_000;
const QUOTED_CHARS = 2_000;

/** What the program prints. */
export type ProgramAnswer =
  | { readonly error: string; readonly message: string }
  | {
      readonly skipped: boolean;
      readonly version: number;
      readonly rows: number;
      readonly inserted?: number;
      readonly updated?: number;
    };

/**
 * Runs the program over a plan and rows, as fast as it takes them.
 *
 * @param options.python the interpreter. @param options.signal ends it: SIGTERM, and SIGKILL after 5 s
 * @throws MillraceError BAD_ARGUMENT when there is no such interpreter, TASK_FAILED when it ends without an answer
 */
export async function runProgram(
  plan: unknown,
  rows: AsyncIterable<Uint8Array | string>,
  { python, signal }: { readonly python: string; readonly signal: AbortSignal | undefined },
): Promise<ProgramAnswer> {
  signal?.throwIfAborted();
  const child = spawn(python, ["-c", DELTA_PROGRAM], { stdio: ["pipe", "pipe", "pipe"] });
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  const stop = endOnAbort(child, signal);
  try {
    const closed = once(child, "close");
    closed.catch(() => undefined);
    await started(child, python);
    const fed = feed(child, plan, rows);
    fed.catch(() => child.kill("SIGTERM"));
    await closed;
    signal?.throwIfAborted();
    const answer = readAnswer(output());
    // Its answer says why it did not read on; without one it is the rows that could not be had.
    if (answer !== undefined) return answer;
    await fed;
    throw new MillraceError(
      "TASK_FAILED",
      `${python} ended with ${child.exitCode ?? child.signalCode} and wrote nothing to the table: ${errors().trim()}`,
    );
  } finally {
    stop();
  }
}

async function feed(
  child: ChildProcessWithoutNullStreams,
  plan: unknown,
  rows: AsyncIterable<Uint8Array | string>,
): Promise<void> {
  const lines = async function* (): AsyncGenerator<Uint8Array | string> {
    yield `${JSON.stringify(plan)}\n`;
    yield* rows;
  };
  try {
    await pipeline(Readable.from(lines()), child.stdin);
  } catch (error) {
    // It has ended before it had read all: what it says about that counts.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EPIPE" && code !== "ERR_STREAM_PREMATURE_CLOSE" && code !== "ECONNRESET") throw error;
  }
}

async function started(child: ChildProcessWithoutNullStreams, python: string): Promise<void> {
  try {
    await once(child, "spawn");
  } catch (cause) {
    throw new MillraceError(
      "BAD_ARGUMENT",
      `tables of Delta are written by Python, and ${python} cannot be started: install Python 3.10 or newer and \`pip install deltalake pyarrow\`, or name another one by the option python`,
      { cause },
    );
  }
}

function endOnAbort(child: ChildProcessWithoutNullStreams, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    child.kill("SIGTERM");
    timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  return () => {
    signal?.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  };
}

function collect(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (more: string) => (text = (text + more).slice(-QUOTED_CHARS)));
  return () => text;
}

function readAnswer(output: string): ProgramAnswer | undefined {
  const last = output.trim().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(last) as ProgramAnswer;
  } catch {
    // No answer: it was killed, or something else printed.
    return undefined;
  }
}
