import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = join(ROOT, "packages/millrace/src/cli/main.ts");

/** What a command line said and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A `millrace start` that runs. */
export interface Started {
  readonly process: ChildProcess;
  /** Everything that it has printed so far. */
  readonly output: () => string;
  /** Waits until it has printed a line that fits. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends a signal and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** A project in a temporary folder, with the real command line, as a user has it. */
export interface CliProject extends AsyncDisposable {
  readonly folder: string;
  write(file: string, text: string): Promise<void>;
  run(...args: readonly string[]): Promise<Ended>;
  /** Starts a command, to be watched while it runs. `more` is added to its environment, `input` is its standard input. */
  launch(args: readonly string[], more?: Readonly<Record<string, string>>, input?: string): Launched;
  start(): Promise<Started>;
}

/**
 * Makes a project from files: path → text. Its processes end with it. `env` is added to their environment. `millrace start` serves no API, so that
 * projects of tests at work beside each other need no ports; `MILLRACE__SERVER__ENABLED` of `env` says otherwise.
 */
export async function cliProject(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<CliProject> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-cli-"));
  const running = new Set<Launched>();
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  for (const [file, text] of Object.entries(files)) await write(file, text);
  const launch: CliProject["launch"] = (args, more, input) => {
    const launched = launchCli(folder, args, { MILLRACE__SERVER__ENABLED: "false", ...env, ...more }, input);
    running.add(launched);
    void launched.ended.finally(() => running.delete(launched));
    return launched;
  };
  return {
    folder,
    write,
    run: (...args) => launch(args).ended,
    launch,
    async start() {
      const started = launch(["start"]);
      await started.until(/Ctrl-C stops/);
      const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> => {
        started.process.kill(signal);
        return await started.ended;
      };
      return { process: started.process, output: started.output, until: started.until, stop };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map(endNow));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A command that runs. */
export interface Launched {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  readonly output: () => string;
  readonly until: Started["until"];
}

/** The first signal asks for a clean end, the second for one that waits for nothing. */
async function endNow({ process: child, ended }: Launched): Promise<void> {
  const again = setInterval(() => child.kill("SIGTERM"), 200);
  await ended.finally(() => clearInterval(again));
}

function launchCli(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = "",
): Launched {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...environment(), ...env },
  });
  // Who does not read it may close it.
  child.stdin.on("error", () => undefined).end(input);
  let out = "";
  let err = "";
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    for (const watch of watchers) watch();
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, out, err }));
  const until = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((fulfil, reject) => {
      const watch = (): void => {
        const match = pattern.exec(out) ?? pattern.exec(err);
        if (!match) return;
        watchers.delete(watch);
        fulfil(match);
      };
      watchers.add(watch);
      watch();
      void ended.then(() => reject(new Error(`it ended before it printed ${pattern}:\n${out}\n${err}`)));
    });
  return { process: child, ended, output: () => out, until };
}

/** Without the settings of whoever runs the tests. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("MILLRACE_") && name !== "FORCE_COLOR");
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}
