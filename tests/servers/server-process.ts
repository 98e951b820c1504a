import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const KEPT_CHARACTERS = 20_000;

/** A program that a test started, and that ends with the test's process at the latest. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** The end of what it has said. */
  output(): string;
  /** Resolves when what it has said since its start matches. @throws Error with its output when it ends before, or is too slow */
  said(pattern: RegExp): Promise<void>;
  /** Sends a signal and waits for the end; SIGKILL follows when it takes too long. Does nothing when it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a program. @throws Error that names the program when there is none; then `how` says what to install */
export async function startProcess(
  program: string,
  args: readonly string[],
  {
    cwd,
    env,
    how = "",
  }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly how?: string | undefined } = {},
): Promise<ServerProcess> {
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
    ...(env && { env }),
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => (text = (text + more).slice(-KEPT_CHARACTERS)));
  try {
    await once(child, "spawn");
  } catch (error) {
    throw new Error(`${program} cannot be started${how && `: ${how}`}`, { cause: error });
  }
  const closed = once(child, "close");
  const leave = (): void => void child.kill("SIGKILL");
  process.once("exit", leave);
  child.once("close", () => process.off("exit", leave));
  const output = (): string => text;
  return {
    child,
    output,
    said: async (pattern) => await waitFor(child, pattern, output),
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      const timer = setTimeout(leave, STOP_LIMIT_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function waitFor(child: ChildProcess, pattern: RegExp, output: () => string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) stream?.off("data", look);
      child.off("close", ended);
      settle();
    };
    const look = (): void => {
      if (pattern.test(output())) done(resolve);
    };
    const ended = (): void =>
      done(() => reject(new Error(`${child.spawnfile} has ended before it was ready:\n${output()}`)));
    const timer = setTimeout(
      () => done(() => reject(new Error(`${child.spawnfile} is not ready after a minute:\n${output()}`))),
      READY_LIMIT_MS,
    );
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", look);
    child.once("close", ended);
    if (child.exitCode !== null || child.signalCode !== null) ended();
    else look();
  });
}
