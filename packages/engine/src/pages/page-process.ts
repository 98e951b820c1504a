import { isMillraceError, MillraceError } from "@millrace/core";
import { ContainedProcess, DOES_NOT_START, entryBeside, START_LIMIT_MS } from "../contained/contained-process.ts";
import type { WireError } from "../worker/protocol.ts";
import type { FromPageProcess, PageReads, PageRequest, ToPageProcess } from "./page-protocol.ts";

/** What a page process is made with. */
export interface PageProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly codeCacheFolder: string;
  readonly onStart: (pid: number) => void;
  readonly onEnd: (pid: number) => void;
}

/** A computation in a page process. */
export interface PageWork {
  readonly request: Omit<PageRequest, "code">;
  /** The bundle's code, asked for when the process does not have it. */
  readonly code: () => Promise<string>;
  readonly reads: PageReads;
  /** From when its code may start. */
  readonly timeLimitMs: number;
}

/** How a computation ended. `isDead`: the process went with it, and whether that was for lack of time. */
export type PageEnd =
  | { readonly kind: "made"; readonly json: string }
  | { readonly kind: "failed"; readonly message: string; readonly isDead: boolean }
  | { readonly kind: "late" };

/** One child process that runs the code of pages, one computation at a time. */
export class PageProcess {
  readonly #process: ContainedProcess<FromPageProcess, ToPageProcess>;
  /** Hashes of the bundles that it has loaded. */
  readonly bundles = new Set<string>();
  /** What it has been told and must not be seen: user code may keep it from one computation to the next. */
  readonly secrets = new Set<string>();
  #isEnding = false;
  #isReady = false;
  #hear: ((said: FromPageProcess) => void) | undefined;

  constructor({ env, memoryMb, codeCacheFolder, onStart, onEnd }: PageProcessOptions) {
    this.#process = new ContainedProcess({
      entry: entryBeside(import.meta.url, "page-child"),
      env,
      memoryMb,
      codeCacheFolder,
      work: "its code",
      onMessage: (said) => this.#take(said),
      onEnd: (message) => {
        if (this.#process.pid !== undefined) onEnd(this.#process.pid);
        this.#take({ k: "ending", message });
      },
    });
    if (this.#process.pid !== undefined) onStart(this.#process.pid);
  }

  /** It takes no more work. */
  get isDead(): boolean {
    return this.#isEnding || this.#process.isDead;
  }

  /** Computes a page. Never rejects because of user code. @throws what `code` throws */
  async compute({ request, code, reads, timeLimitMs }: PageWork): Promise<PageEnd> {
    const isKnown = this.bundles.has(request.bundleHash);
    const whole: PageRequest = isKnown ? request : { ...request, code: await code() };
    if (this.isDead) return { kind: "failed", message: "its process has ended", isDead: true };
    const ended = Promise.withResolvers<PageEnd>();
    const begin = (): NodeJS.Timeout => setTimeout(() => this.#stop(ended, { kind: "late" }), timeLimitMs);
    // Starting Node is not the page's time.
    let timer = this.#isReady ? begin() : setTimeout(() => this.#stop(ended, noStart()), START_LIMIT_MS);
    const endWatch = this.#process.watchMemory((message) =>
      this.#stop(ended, { kind: "failed", message, isDead: true }),
    );
    this.#hear = (said) => {
      if (said.k === "ready") {
        clearTimeout(timer);
        timer = begin();
      } else if (said.k === "call") void answerCall(said, reads).then((answer) => this.#process.send(answer));
      else ended.resolve(endOf(said));
    };
    this.#process.send({ k: "compute", request: whole });
    try {
      const end = await ended.promise;
      if (end.kind === "made") this.bundles.add(request.bundleHash);
      return end;
    } finally {
      clearTimeout(timer);
      endWatch();
      this.#hear = undefined;
    }
  }

  /** Ends it and all that user code has started in it, at once. */
  kill(): void {
    this.#process.kill();
  }

  #stop(ended: PromiseWithResolvers<PageEnd>, end: PageEnd): void {
    this.kill();
    ended.resolve(end);
  }

  #take(said: FromPageProcess): void {
    if (said.k === "ready") this.#isReady = true;
    if (said.k === "ending") this.#isEnding = true;
    this.#hear?.(said);
  }
}

function endOf(said: Exclude<FromPageProcess, { readonly k: "ready" | "call" }>): PageEnd {
  switch (said.k) {
    case "made":
      return { kind: "made", json: said.json };
    case "failed":
      return { kind: "failed", message: said.message, isDead: false };
    case "ending":
      return { kind: "failed", message: said.message, isDead: true };
    default:
      throw new Error(`unreachable: ${JSON.stringify(said satisfies never)}`);
  }
}

function noStart(): PageEnd {
  return { kind: "failed", message: DOES_NOT_START, isDead: true };
}

async function answerCall(
  { call, method, args }: FromPageProcess & { readonly k: "call" },
  reads: PageReads,
): Promise<ToPageProcess> {
  try {
    if (!Object.hasOwn(reads, method))
      throw new MillraceError("BAD_ARGUMENT", `pages cannot ask for ${String(method)}`);
    const read = reads[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return { k: "answer", call, value: await read(...args) };
  } catch (error) {
    return { k: "answer", call, error: wireError(error) };
  }
}

function wireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  return { name: error.name, message: error.message, ...(isMillraceError(error) && { code: error.code }) };
}
