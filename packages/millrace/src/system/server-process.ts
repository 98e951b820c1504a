import { fork, type ChildProcess } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { MillraceError } from "@millrace/core";

const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./server-child.ts" : "./server-child.js", import.meta.url),
);
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A stopping server has so long to finish requests. */
const STOP_MS = 10_000;

/** What the server's process is told, once: that its database is there. Until then it loads its modules. */
export const BEGIN = "begin";

/** What the server's process says. */
export type FromServerChild =
  | { readonly kind: "listening"; readonly url: string }
  | { readonly kind: "failed"; readonly message: string; readonly hint?: string };

/** What a server's process is started with. */
export interface ServerProcessOptions {
  readonly projectFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hears each line of the server's log. */
  readonly onLog: (line: string) => void;
  /** Hears that the process has died and is started again. */
  readonly onRestart: (how: string) => void;
}

/** The API in a process of its own, started again when it dies. It ends with this process, however that ends. */
export class ServerProcess {
  readonly #options: ServerProcessOptions;
  #child: ChildProcess | undefined;
  /** One that loads its modules, and has not been told to begin. */
  #loading: ChildProcess | undefined;
  #port = "";
  #isStopping = false;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  /** Has it load its modules, which takes about a second, while others are at work. {@link start} does so by itself where this was not called. */
  prepare(): void {
    this.#loading = this.#fork();
  }

  /** Starts it. @returns where it listens. @throws MillraceError BAD_CONFIG with what it says of itself */
  async start(): Promise<string> {
    const url = await this.#launch();
    // After a crash it must be found where it was.
    this.#port = new URL(url).port;
    return url;
  }

  /** Lets it finish its requests, at most 10 s. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    // One that only loads has nothing to finish.
    if (child === this.#loading) child.kill("SIGKILL");
    else if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  #fork(): ChildProcess {
    const { projectFolder, env, onLog } = this.#options;
    const codeCache = getCompileCacheDir();
    const child = fork(ENTRY, [projectFolder, this.#port], {
      // Compiling its modules is most of its start. What it compiled is kept with that of the command line: Node adds its version to the folder.
      env: { ...(codeCache !== undefined && { NODE_COMPILE_CACHE: dirname(codeCache) }), ...env },
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    // What comes of it is heard of by its exit.
    child.on("error", () => undefined);
    if (child.stderr) createInterface({ input: child.stderr }).on("line", onLog);
    this.#child = child;
    return child;
  }

  async #launch(): Promise<string> {
    const prepared = this.#loading;
    this.#loading = undefined;
    const child = prepared?.connected === true ? prepared : this.#fork();
    const said = await new Promise<FromServerChild>((resolve) => {
      child.once("message", (message) => resolve(message as FromServerChild));
      child.once("error", (error) => resolve({ kind: "failed", message: error.message }));
      child.once("exit", (code, signal) => resolve({ kind: "failed", message: howItEnded(code, signal) }));
      child.send(BEGIN, () => undefined);
    });
    if (said.kind === "failed") {
      const hint = said.hint ?? "`server.enabled: false` starts without the server.";
      throw new MillraceError("BAD_CONFIG", said.message, { details: { hint } });
    }
    child.once("exit", (code, signal) => void this.#again(howItEnded(code, signal)));
    if (child.exitCode !== null || child.signalCode !== null)
      void this.#again(howItEnded(child.exitCode, child.signalCode));
    return said.url;
  }

  async #again(how: string): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; !this.#isStopping; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      this.#options.onRestart(how);
      await sleep(waitMs);
      if (this.#isStopping) return;
      try {
        await this.#launch();
        return;
      } catch (error) {
        how = (error as Error).message;
      }
    }
  }
}

function howItEnded(code: number | null, signal: string | null): string {
  return signal === null
    ? `the server's process ended with exit code ${code}`
    : `the server's process was killed by ${signal}`;
}
