import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { PageInfo } from "@millrace/core";
import { describeChildEnd, tooMuchMemory } from "../executors/local/describe-child-end.ts";
import { residentMb } from "../executors/local/resident-mb.ts";
import { killGroup } from "../executors/local/survivors.ts";
import type { FromLoader, LoadedDag, LoadError, LoadRequest } from "./loader-protocol.ts";

const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./loader-child.ts" : "./loader-child.js", import.meta.url),
);
const TAIL_CHARS = 8_000;
/** Code and buffers beside the heap are normal; this much of it is not. */
const RESIDENT_FACTOR = 2;
const MEMORY_LOOK_MS = 100;
const START_LIMIT_MS = 60_000;

/** What loading one bundle gave. `isDead` is true when the process ended over it. */
export interface Loaded {
  readonly dags: readonly LoadedDag[];
  readonly pages: readonly PageInfo[];
  readonly errors: readonly LoadError[];
  readonly isDead: boolean;
}

/** What a loader process is made with. */
export interface LoaderProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Per bundle. */
  readonly timeLimitMs: number;
  /** A bundle that takes longer than this is told of as slow. */
  readonly slowMs: number;
  /** Where Node keeps compiled code of packages, so that a process starts faster than the first. */
  readonly codeCacheFolder?: string;
  readonly onStart?: (pid: number) => void;
  readonly onReady?: () => void;
  readonly onEnd?: (pid: number) => void;
}

/** What happens beside the loading of one bundle. */
export interface LoadHooks {
  /** Told once, when it takes longer than most do. */
  readonly onSlow?: () => void;
  /** Ends the loading, and the process with it. */
  readonly signal?: AbortSignal;
}

/** One child process that loads bundles, one at a time. It leads its own process group, so that what user code starts ends with it. */
export class LoaderProcess {
  readonly #options: LoaderProcessOptions;
  readonly #child: ChildProcess;
  #waiting: { readonly answer: (answer: FromLoader) => void; readonly fail: (error: Error) => void } | undefined;
  #output = "";
  /** Bundles that it has loaded. */
  loads = 0;
  isDead = false;
  isReady = false;
  timedOut = false;

  constructor(options: LoaderProcessOptions) {
    this.#options = options;
    this.#child = fork(ENTRY, [], {
      detached: true,
      env: { ...options.env, ...(options.codeCacheFolder && { NODE_COMPILE_CACHE: options.codeCacheFolder }) },
      execArgv: [`--max-old-space-size=${options.memoryMb}`, "--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    if (this.#child.pid !== undefined) options.onStart?.(this.#child.pid);
    this.#child.unref();
    this.#child.channel?.unref();
    (this.#child.stderr as unknown as { unref?(): void } | null)?.unref?.();
    this.#child.stderr
      ?.setEncoding("utf8")
      .on("data", (text: string) => (this.#output = (this.#output + text).slice(-TAIL_CHARS)));
    this.#child.on("message", (message) => this.#take(message as FromLoader));
    this.#child.on("error", (error) => this.#ended(error.message));
    this.#child.on("close", (code, signal) =>
      this.#ended(
        describeChildEnd({ code, signal, output: this.#output, memoryMb: options.memoryMb, work: "loading" }),
      ),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Loads a bundle. What user code does wrong is an error of the file; it throws only when the process cannot start. */
  async load(request: LoadRequest, { onSlow, signal }: LoadHooks = {}): Promise<Loaded> {
    if (this.isDead) return nothing({ message: "the loader process has ended" });
    this.loads += 1;
    const { timeLimitMs, slowMs, memoryMb } = this.#options;
    return await new Promise<Loaded>((resolve, reject) => {
      const release = (): void => {
        clearTimeout(timer);
        clearTimeout(slow);
        clearInterval(memory);
        signal?.removeEventListener("abort", abandon);
        this.#waiting = undefined;
      };
      const stopFor = (why: string): void => {
        this.kill();
        answer({ kind: "ending", error: { message: why } });
      };
      const answer = (said: FromLoader): void => {
        if (said.kind === "ready") return begin();
        release();
        if (said.kind === "loaded") resolve({ dags: said.dags, pages: said.pages, errors: said.errors, isDead: false });
        else resolve(nothing(said.error));
      };
      const fail = (error: Error): void => {
        release();
        reject(error);
      };
      const abandon = (): void => stopFor("nobody waits for it any more");
      signal?.addEventListener("abort", abandon);
      let slow: NodeJS.Timeout | undefined;
      // Starting Node is not the file's time.
      let timer = setTimeout(() => stopFor(`Node does not start within ${START_LIMIT_MS / 1_000} s`), START_LIMIT_MS);
      const begin = (): void => {
        clearTimeout(timer);
        slow = setTimeout(() => onSlow?.(), slowMs);
        timer = setTimeout(() => {
          this.timedOut = true;
          stopFor(
            `loading takes longer than ${timeLimitMs / 1_000} s, so it was stopped: an endless loop, or work that belongs into a task's body`,
          );
        }, timeLimitMs);
      };
      if (this.isReady) begin();
      const memory = setInterval(() => {
        if (residentMb(this.#child.pid) > memoryMb * RESIDENT_FACTOR) stopFor(tooMuchMemory("loading", memoryMb));
      }, MEMORY_LOOK_MS);
      this.#waiting = { answer, fail };
      this.#child.send(request, () => undefined);
    });
  }

  /** Ends it and all that user code has started in it, at once. */
  kill(): void {
    this.isDead = true;
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
  }

  #take(said: FromLoader): void {
    if (said.kind === "ready") {
      this.isReady = true;
      this.#options.onReady?.();
    }
    if (said.kind === "ending") this.isDead = true;
    this.#waiting?.answer(said);
  }

  #ended(why: string): void {
    this.kill();
    if (this.#child.pid !== undefined) this.#options.onEnd?.(this.#child.pid);
    if (this.isReady) this.#take({ kind: "ending", error: { message: why } });
    else this.#waiting?.fail(new Error(`the loader process does not start: ${why}`));
  }
}

/** The process ended over it. */
function nothing(error: LoadError): Loaded {
  return { dags: [], pages: [], errors: [error], isDead: true };
}
