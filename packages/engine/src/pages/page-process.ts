import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isMillraceError, MillraceError } from "@millrace/core";
import { describeChildEnd, tooMuchMemory } from "../executors/local/describe-child-end.ts";
import { residentMb } from "../executors/local/resident-mb.ts";
import { killGroup } from "../executors/local/survivors.ts";
import type { WireError } from "../worker/protocol.ts";
import type { FromPageProcess, PageReads, PageRequest, ToPageProcess } from "./page-protocol.ts";

const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./page-child.ts" : "./page-child.js", import.meta.url),
);
const TAIL_CHARS = 4_000;
/** Code and buffers beside the heap are normal; this much of it is not. */
const RESIDENT_FACTOR = 2;
const MEMORY_LOOK_MS = 100;
const START_LIMIT_MS = 60_000;

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

/** One child process that runs the code of pages, one computation at a time. It leads its own process group, so that what user code starts ends with it. */
export class PageProcess {
  readonly #options: PageProcessOptions;
  readonly #child: ChildProcess;
  /** Hashes of the bundles that it has loaded. */
  readonly bundles = new Set<string>();
  /** What it has been told and must not be seen: user code may keep it from one computation to the next. */
  readonly secrets = new Set<string>();
  isDead = false;
  #isReady = false;
  #hear: ((said: FromPageProcess) => void) | undefined;
  #output = "";

  constructor(options: PageProcessOptions) {
    this.#options = options;
    this.#child = fork(ENTRY, [], {
      detached: true,
      env: { ...options.env, NODE_COMPILE_CACHE: options.codeCacheFolder },
      execArgv: [`--max-old-space-size=${options.memoryMb}`, "--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    if (this.#child.pid !== undefined) options.onStart(this.#child.pid);
    this.#child.unref();
    this.#child.channel?.unref();
    (this.#child.stderr as unknown as { unref?(): void } | null)?.unref?.();
    this.#child.stderr
      ?.setEncoding("utf8")
      .on("data", (text: string) => (this.#output = (this.#output + text).slice(-TAIL_CHARS)));
    this.#child.on("message", (message) => this.#take(message as FromPageProcess));
    this.#child.on("error", (error) => this.#ended(error.message));
    this.#child.on("close", (code, signal) =>
      this.#ended(
        describeChildEnd({ code, signal, output: this.#output, memoryMb: options.memoryMb, work: "its code" }),
      ),
    );
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
    const memory = setInterval(() => {
      const { memoryMb } = this.#options;
      if (residentMb(this.#child.pid) > memoryMb * RESIDENT_FACTOR)
        this.#stop(ended, { kind: "failed", message: tooMuchMemory("its code", memoryMb), isDead: true });
    }, MEMORY_LOOK_MS);
    this.#hear = (said) => {
      if (said.k === "ready") {
        clearTimeout(timer);
        timer = begin();
      } else if (said.k === "call") void answerCall(said, reads).then((answer) => this.#send(answer));
      else ended.resolve(endOf(said));
    };
    this.#send({ k: "compute", request: whole });
    try {
      const end = await ended.promise;
      if (end.kind === "made") this.bundles.add(request.bundleHash);
      return end;
    } finally {
      clearTimeout(timer);
      clearInterval(memory);
      this.#hear = undefined;
    }
  }

  /** Ends it and all that user code has started in it, at once. */
  kill(): void {
    this.isDead = true;
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
  }

  #stop(ended: PromiseWithResolvers<PageEnd>, end: PageEnd): void {
    this.kill();
    ended.resolve(end);
  }

  #send(message: ToPageProcess): void {
    // A process that has just died tells its end.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #take(said: FromPageProcess): void {
    if (said.k === "ready") this.#isReady = true;
    if (said.k === "ending") this.isDead = true;
    this.#hear?.(said);
  }

  #ended(why: string): void {
    this.kill();
    if (this.#child.pid !== undefined) this.#options.onEnd(this.#child.pid);
    this.#take({ k: "ending", message: why });
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
  return { kind: "failed", message: `Node does not start within ${START_LIMIT_MS / 1_000} s`, isDead: true };
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
