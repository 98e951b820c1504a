import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const KILL_AFTER_MS = 5_000;
const MAX_KEPT_CHARS = 256 * 1024;

/** A program to run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Ends the program too; then `runCommand` throws the signal's reason. */
  readonly signal: AbortSignal;
  /** Called for each line of stderr as it comes. */
  readonly onErrorLine: (line: string) => void;
}

/** How a program ended. Of long outputs the last 256 Ki characters are kept. */
export type CommandEnd =
  | { readonly kind: "exited"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "killed"; readonly killedBy: string; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "timedOut"; readonly stdout: string; readonly stderr: string }
  /** There is no such program, or it may not be run. */
  | { readonly kind: "notStarted"; readonly why: string };

/** Runs a program to its end. On a time-out or an abort it gets SIGTERM, and SIGKILL five seconds later. */
export async function runCommand(command: Command): Promise<CommandEnd> {
  command.signal.throwIfAborted();
  const child = spawn(command.program, [...command.args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...command.env },
  });
  const output = { stdout: "", stderr: "" };
  const keep = (stream: "stdout" | "stderr", line: string): void => {
    output[stream] += `${line}\n`;
    // Cut now and then: cutting at each line would copy the whole text each time.
    if (output[stream].length > 2 * MAX_KEPT_CHARS) output[stream] = output[stream].slice(-MAX_KEPT_CHARS);
  };
  createInterface({ input: child.stdout }).on("line", (line) => keep("stdout", line));
  createInterface({ input: child.stderr }).on("line", (line) => {
    keep("stderr", line);
    command.onErrorLine(line);
  });
  const kept = () => ({ stdout: output.stdout.slice(-MAX_KEPT_CHARS), stderr: output.stderr.slice(-MAX_KEPT_CHARS) });
  let isTimedOut = false;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill("SIGTERM");
    killTimer ??= setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  };
  const timeout = setTimeout(() => {
    isTimedOut = true;
    stop();
  }, command.timeoutMs);
  command.signal.addEventListener("abort", stop, { once: true });
  try {
    const end = await new Promise<CommandEnd>((resolve) => {
      child.once("error", (error) => resolve({ kind: "notStarted", why: error.message }));
      child.once("close", (code, killedBy) =>
        resolve(
          code === null
            ? { kind: "killed", killedBy: killedBy ?? "an unknown signal", ...kept() }
            : { kind: "exited", code, ...kept() },
        ),
      );
    });
    command.signal.throwIfAborted();
    return isTimedOut ? { kind: "timedOut", ...kept() } : end;
  } finally {
    clearTimeout(timeout);
    clearTimeout(killTimer);
    command.signal.removeEventListener("abort", stop);
  }
}
