// A process and all that it starts form a group of their own. However it ends, nothing of the group is left: what the process leaves behind is
// killed with it; a worker that is stopped or dies ends the group by itself.
import { spawn, type ChildProcess } from "node:child_process";
import { MillraceError, parseDuration, type Context, type Duration, type Log } from "@millrace/core";
import { createLineSplitter } from "./line-splitter.ts";

/** Longest output that is kept as a result, in characters. */
const MAX_OUTPUT_CHARS = 1_048_576;
/** Lines of stderr that an error quotes. */
const QUOTED_LINES = 10;
/** After its end: how long what still writes to its output (`tee`, for one) may go on. */
const LINGER_MS = 1_000;
const KILLED_MS = 200;
/** Longest that a timer of Node can wait. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** A process to run. */
export interface ProcessRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Default: the folder of the worker. */
  readonly cwd?: string;
  /** What it reads; default nothing. */
  readonly stdin?: string;
  /** Default none. */
  readonly timeout?: Duration;
  /** Between SIGTERM and SIGKILL. */
  readonly grace: Duration;
}

/** How a process ended, and what is kept of what it wrote. */
export interface ProcessEnd {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** All of its stdout; `undefined` when that was too much to keep. */
  readonly stdout: string | undefined;
  /** The last line of stdout that was not blank; `""` when there was none. */
  readonly lastLine: string;
  /** The last lines of stderr. */
  readonly lastErrors: string;
}

/**
 * Runs a process to its end; its lines go to the log as they come, with `stdout` or `stderr` as their source.
 *
 * @throws MillraceError BAD_ARGUMENT when it cannot be started, TIMEOUT when it ran longer than its timeout. The signal's reason when the try has
 *   to end: SIGTERM first, SIGKILL after the grace.
 */
export async function runProcess(
  request: ProcessRequest,
  { log, signal }: Pick<Context, "log" | "signal">,
): Promise<ProcessEnd> {
  signal.throwIfAborted();
  const child = startProcess(request);
  const output = readOutput(child, log);
  const exited = exitOf(child, request);
  const ending = new Ending(child, parseDuration(request.grace) / 1_000);
  const onAbort = (): void => ending.begin();
  signal.addEventListener("abort", onAbort, { once: true });
  let timedOut = false;
  const timer =
    request.timeout &&
    setTimeout(
      () => {
        timedOut = true;
        ending.begin();
      },
      Math.min(parseDuration(request.timeout) / 1_000, LONGEST_TIMER_MS),
    );
  try {
    const { exitCode, signal: endedBy } = await exited;
    await endGroup(child, ending);
    if (timedOut)
      throw new MillraceError("TIMEOUT", `${request.file} ran longer than its timeout of ${request.timeout}`);
    signal.throwIfAborted();
    return { exitCode, signal: endedBy, ...output() };
  } finally {
    if (timer) clearTimeout(timer);
    ending.clear();
    signal.removeEventListener("abort", onAbort);
  }
}

function startProcess({ file, args, cwd, env, stdin }: ProcessRequest): ChildProcess {
  const child = spawn(file, args, {
    env,
    detached: process.platform !== "win32",
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
  });
  // A process need not read what it is given.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(stdin);
  return child;
}

function readOutput(child: ChildProcess, log: Log): () => Pick<ProcessEnd, "stdout" | "lastLine" | "lastErrors"> {
  const [out, errors] = [log.from("stdout"), log.from("stderr")];
  const kept: string[] = [];
  let keptChars = 0;
  let lastLine = "";
  const lastErrors: string[] = [];
  const lines = createLineSplitter((line) => {
    out.info(line);
    keptChars += line.length + 1;
    if (keptChars <= MAX_OUTPUT_CHARS) kept.push(line);
    else kept.length = 0;
    if (line.trim() !== "") lastLine = line;
  });
  const errorLines = createLineSplitter((line) => {
    errors.warn(line);
    lastErrors.push(line.slice(0, 1_000));
    if (lastErrors.length > QUOTED_LINES) lastErrors.shift();
  });
  child.stdout?.on("data", (chunk: Buffer) => lines.write(chunk));
  child.stderr?.on("data", (chunk: Buffer) => errorLines.write(chunk));
  return () => {
    lines.end();
    errorLines.end();
    return {
      stdout: keptChars <= MAX_OUTPUT_CHARS ? kept.join("\n") : undefined,
      lastLine,
      lastErrors: lastErrors.join("\n").trim(),
    };
  };
}

function exitOf(
  child: ChildProcess,
  { file, cwd }: ProcessRequest,
): Promise<{ readonly exitCode: number | null; readonly signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
    child.once("error", (cause: NodeJS.ErrnoException) => {
      const place = cwd === undefined ? "" : ` in ${cwd}`;
      const why =
        cause.code === "ENOENT"
          ? `there is no such program in PATH${cwd === undefined ? "" : ", or no such folder"}`
          : cause.message;
      reject(new MillraceError("BAD_ARGUMENT", `${file} cannot be started${place}: ${why}`, { cause }));
    });
  });
}

/** Nobody of the group may live on. Who still writes to the output is waited for: a second, or what is left of the grace. */
async function endGroup(child: ChildProcess, ending: Ending): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    const isClosed = child.stdout?.closed !== false && child.stderr?.closed !== false;
    if (isClosed) resolve();
    else child.once("close", () => resolve());
  });
  await within(closed, ending.leftMs() ?? LINGER_MS);
  signalGroup(child, "SIGKILL");
  await within(closed, KILLED_MS);
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** SIGTERM to a whole group, and SIGKILL after the grace. */
class Ending {
  readonly #child: ChildProcess;
  readonly #graceMs: number;
  #killAtMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, graceMs: number) {
    this.#child = child;
    this.#graceMs = graceMs;
  }

  begin(): void {
    if (this.#killAtMs !== undefined) return;
    this.#killAtMs = performance.now() + this.#graceMs;
    signalGroup(this.#child, "SIGTERM");
    // Tells the worker that this process is being ended, so that it does not get the signal twice: signal 0 does nothing but set `killed`.
    this.#child.kill(0);
    this.#timer = setTimeout(() => signalGroup(this.#child, "SIGKILL"), this.#graceMs);
  }

  /** Until SIGKILL; `undefined` while nobody wants its end. */
  leftMs(): number | undefined {
    return this.#killAtMs === undefined ? undefined : Math.max(0, this.#killAtMs - performance.now());
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // Nobody of the group lives any more, which is what is wanted.
  }
}

async function within(done: Promise<void>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([done, promise]).finally(() => clearTimeout(timer));
}
