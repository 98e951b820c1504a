import type { PageInfo } from "@millrace/core";
import { ContainedProcess, DOES_NOT_START, entryBeside, START_LIMIT_MS } from "../contained/contained-process.ts";
import type { FromLoader, LoadedDag, LoadError, LoadRequest } from "./loader-protocol.ts";

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

/** One child process that loads bundles, one at a time. */
export class LoaderProcess {
  readonly #options: LoaderProcessOptions;
  readonly #process: ContainedProcess<FromLoader, LoadRequest>;
  #waiting: { readonly answer: (answer: FromLoader) => void; readonly fail: (error: Error) => void } | undefined;
  #isEnding = false;
  /** Bundles that it has loaded. */
  loads = 0;
  isReady = false;
  timedOut = false;

  constructor(options: LoaderProcessOptions) {
    const { env, memoryMb, codeCacheFolder, onStart, onEnd } = options;
    this.#options = options;
    this.#process = new ContainedProcess({
      entry: entryBeside(import.meta.url, "loader-child"),
      env,
      memoryMb,
      codeCacheFolder,
      work: "loading",
      onMessage: (said) => this.#take(said),
      onEnd: (why) => {
        if (this.pid !== undefined) onEnd?.(this.pid);
        if (this.isReady) this.#take({ kind: "ending", error: { message: why } });
        else this.#waiting?.fail(new Error(`the loader process does not start: ${why}`));
      },
    });
    if (this.pid !== undefined) onStart?.(this.pid);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** It takes no more bundles. */
  get isDead(): boolean {
    return this.#isEnding || this.#process.isDead;
  }

  /** Loads a bundle. What user code does wrong is an error of the file; it throws only when the process cannot start. */
  async load(request: LoadRequest, { onSlow, signal }: LoadHooks = {}): Promise<Loaded> {
    if (this.isDead) return nothing({ message: "the loader process has ended" });
    this.loads += 1;
    const { timeLimitMs, slowMs } = this.#options;
    return await new Promise<Loaded>((resolve, reject) => {
      const release = (): void => {
        clearTimeout(timer);
        clearTimeout(slow);
        endWatch();
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
      let timer = setTimeout(() => stopFor(DOES_NOT_START), START_LIMIT_MS);
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
      const endWatch = this.#process.watchMemory(stopFor);
      this.#waiting = { answer, fail };
      this.#process.send(request);
    });
  }

  /** Ends it and all that user code has started in it, at once. */
  kill(): void {
    this.#process.kill();
  }

  #take(said: FromLoader): void {
    if (said.kind === "ready") {
      this.isReady = true;
      this.#options.onReady?.();
    }
    if (said.kind === "ending") this.#isEnding = true;
    this.#waiting?.answer(said);
  }
}

/** The process ended over it. */
function nothing(error: LoadError): Loaded {
  return { dags: [], pages: [], errors: [error], isDead: true };
}
