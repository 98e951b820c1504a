// A process and all that it starts form a group of their own, of which nothing is left: spark-submit starts a JVM, which starts Python, which starts more.
import { spawn, type ChildProcess } from "node:child_process";
import { MillraceError, parseDuration, type Context, type Duration } from "@millrace/core";

const MAX_LINE_CHARS = 65_536;
const LINGER_MS = 1_000;
const LONGEST_TIMER_MS = 2_147_483_647;

/** A process to run. */
export interface ProcessRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  readonly timeout?: Duration | undefined;
  /** Between SIGTERM and SIGKILL. */
  readonly grace: Duration;
  readonly onLine: (line: string, source: "stdout" | "stderr") => void;
  /** Called once when it has to end before its time. */
  readonly onEnding: () => Promise<void>;
}

/** How a process ended. */
export interface ProcessEnd {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/**
 * Runs a process to its end.
 *
 * @throws MillraceError BAD_ARGUMENT when it cannot be started, TIMEOUT when it ran longer than its timeout. The signal's reason when the try has to
 *   end: SIGTERM first, SIGKILL after the grace.
 */
export async function runProcess(request: ProcessRequest, { signal }: Pick<Context, "signal">): Promise<ProcessEnd> {
  signal.throwIfAborted();
  const { file, args, env, cwd, timeout } = request;
  const child = spawn(file, args, {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
  });
  cutLines(child.stdout, (line) => request.onLine(line, "stdout"));
  cutLines(child.stderr, (line) => request.onLine(line, "stderr"));
  const closed = closeOf(child);
  const ended = endOf(child, request);
  const ending = createEnding(child, request);
  let timedOut = false;
  const late = (): void => {
    timedOut = true;
    ending.begin();
  };
  const timer =
    timeout === undefined ? undefined : setTimeout(late, Math.min(parseDuration(timeout) / 1_000, LONGEST_TIMER_MS));
  signal.addEventListener("abort", ending.begin, { once: true });
  try {
    const end = await ended;
    await within(closed, LINGER_MS);
    signalGroup(child, "SIGKILL");
    await within(closed, LINGER_MS);
    await ending.told();
    if (timedOut) throw new MillraceError("TIMEOUT", `${file} ran longer than its timeout of ${timeout}`);
    signal.throwIfAborted();
    return end;
  } finally {
    clearTimeout(timer);
    ending.clear();
    signal.removeEventListener("abort", ending.begin);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

interface Ending {
  readonly begin: () => void;
  /** Resolves when who had to be told of it has been. */
  readonly told: () => Promise<void>;
  readonly clear: () => void;
}

function createEnding(child: ChildProcess, { grace, onEnding }: ProcessRequest): Ending {
  let timer: NodeJS.Timeout | undefined;
  let told: Promise<void> | undefined;
  const begin = (): void => {
    if (told !== undefined) return;
    told = onEnding().catch(() => undefined);
    signalGroup(child, "SIGTERM");
    // Tells the worker that this process is being ended, so that it does not get the signal twice: signal 0 does nothing but set `killed`.
    child.kill(0);
    timer = setTimeout(() => signalGroup(child, "SIGKILL"), parseDuration(grace) / 1_000);
  };
  return { begin, told: async () => await told, clear: () => clearTimeout(timer) };
}

function endOf(child: ChildProcess, { file, cwd }: ProcessRequest): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
    child.once("error", (cause: NodeJS.ErrnoException) => {
      const where = cwd === undefined ? "" : ` in ${cwd}`;
      const why =
        cause.code === "ENOENT"
          ? "there is no such program; say where Spark is by sparkHome, or by spark-home of the connection"
          : cause.message;
      reject(new MillraceError("BAD_ARGUMENT", `${file} cannot be started${where}: ${why}`, { cause }));
    });
  });
}

function closeOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once("close", () => resolve()));
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // Nobody of the group lives any more, which is what is wanted.
  }
}

/** The rest of a line that is too long is dropped: no stream may fill the memory. */
function cutLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let open = "";
  const end = (): void => {
    onLine(open.endsWith("\r") ? open.slice(0, -1) : open);
    open = "";
  };
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const [first = "", ...more] = text.split("\n");
    open = (open + first).slice(0, MAX_LINE_CHARS);
    for (const part of more) {
      end();
      open = part.slice(0, MAX_LINE_CHARS);
    }
  });
  stream.on("end", () => {
    if (open !== "") end();
  });
}

async function within(done: Promise<void>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([done, promise]).finally(() => clearTimeout(timer));
}
