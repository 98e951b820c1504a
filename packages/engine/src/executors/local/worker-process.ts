import { fork, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { FromWorker, ToWorker } from "../../worker/protocol.ts";
import { createOutbox } from "../../worker/outbox.ts";
import { killMarked, MARK } from "./marked-processes.ts";
import { processUsage, type ProcessUsage } from "./process-usage.ts";
import { killGroup } from "./survivors.ts";

const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../worker/main.ts" : "../../worker/main.js", import.meta.url),
);
const TAIL_CHARS = 16_000;
const LAST_OUTPUT_MS = 200;

/** How a worker process ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last that it wrote outside the log of any try. */
  readonly output: string;
}

/** What a worker process is made with. */
export interface WorkerProcessOptions {
  readonly workerId: string;
  readonly env: Readonly<Record<string, string>>;
  /** Heap limit; above it the process aborts. */
  readonly heapMb: number;
  readonly onMessages: (worker: WorkerProcess, messages: readonly FromWorker[]) => void;
  readonly onExit: (worker: WorkerProcess, exit: WorkerExit) => void;
  readonly nowMs: () => number;
}

/**
 * One child process that runs tries. It leads its own process group, so that what its tries started can be killed with it; what has left the
 * group is found by the worker's mark in its environment.
 */
export class WorkerProcess {
  readonly workerId: string;
  /** In the environment of all that its tries start. */
  readonly mark = randomBytes(12).toString("hex");
  /** Dispatches in it. */
  readonly held = new Set<string>();
  /** Of these, waiting for code triggers and without a slot. */
  readonly waiting = new Set<string>();
  readonly callbacks = new Set<string>();
  /** Takes no new work and ends when it holds nothing. */
  retiring = false;
  /** Made for one dispatch alone. */
  exclusive = false;
  /** Exclusive, and has run others before: its death proves nothing against the one that is in it. */
  isUsed = false;
  ready = false;
  /** Why it was killed on purpose. */
  killedFor: string | undefined;
  /** When the oldest unanswered ping was sent. */
  unansweredSinceMs: number | undefined;
  #usage: ProcessUsage | undefined;
  #lookedAtMs = 0;
  #blockedMs = 0;
  readonly #child: ChildProcess;
  readonly #outbox: { readonly push: (message: ToWorker) => void; readonly flush: () => void };
  readonly #nowMs: () => number;
  #output = "";
  #exited = false;
  #pings = 0;

  constructor(options: WorkerProcessOptions) {
    this.workerId = options.workerId;
    this.#nowMs = options.nowMs;
    this.#child = fork(ENTRY, [], {
      detached: true,
      env: { ...options.env, [MARK]: this.mark },
      execArgv: [`--max-old-space-size=${options.heapMb}`, "--disable-warning=ExperimentalWarning"],
      serialization: "json",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#outbox = createOutbox<ToWorker>((messages) => this.#deliver(messages));
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => this.#keep(text));
    this.#child.on("message", (messages) => {
      this.unansweredSinceMs = undefined;
      this.#blockedMs = 0;
      options.onMessages(this, messages as readonly FromWorker[]);
    });
    this.#child.on("error", (error) => this.#keep(`${error.message}\n`));
    const ended = (): void => {
      if (this.#exited) return;
      this.#exited = true;
      options.onExit(this, { code: this.#child.exitCode, signal: this.#child.signalCode, output: this.#output.trim() });
    };
    this.#child.on("exit", () => {
      // What its tries have started would otherwise live on without anybody.
      if (this.#child.pid !== undefined) killGroup(this.#child.pid);
      killMarked(this.mark);
      void this.#lastOutput().then(ended);
    });
    // Without a process there is only "error".
    if (this.#child.pid === undefined) this.#child.on("error", ended);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Tries that use a slot. */
  get load(): number {
    return this.held.size - this.waiting.size + this.callbacks.size;
  }

  get idle(): boolean {
    return this.held.size === 0 && this.callbacks.size === 0;
  }

  send(message: ToWorker): void {
    this.#outbox.push(message);
  }

  ping(clockOffsetMicros: number): void {
    this.#pings += 1;
    this.unansweredSinceMs ??= this.#nowMs();
    this.#outbox.push({ k: "ping", n: this.#pings, clockOffsetMicros });
  }

  /** Milliseconds since it should have answered; 0 when nothing is unanswered. */
  silentMs(nowMs: number): number {
    return this.unansweredSinceMs === undefined ? 0 : nowMs - this.unansweredSinceMs;
  }

  /**
   * Milliseconds that its loop has been blocked, as far as that is sure; call it regularly. Time in which it wanted to run and other processes had
   * the processor does not count: under a heavy load a worker is slow to answer, and killing it would only add to the load.
   */
  blockedMs(nowMs: number): number {
    const before = this.#usage;
    const passedMs = nowMs - this.#lookedAtMs;
    this.#usage = this.unansweredSinceMs === undefined || this.pid === undefined ? undefined : processUsage(this.pid);
    this.#lookedAtMs = nowMs;
    if (this.unansweredSinceMs === undefined) return 0;
    if (this.#usage === undefined) return this.silentMs(nowMs);
    if (before !== undefined)
      this.#blockedMs += this.#usage.wantsProcessor ? this.#usage.cpuMs - before.cpuMs : passedMs;
    return this.#blockedMs;
  }

  /** Lets it end by itself; kills it after a second. */
  end(): void {
    this.retiring = true;
    if (this.#child.connected) this.#child.disconnect();
    setTimeout(() => this.kill("it did not end by itself"), 1_000).unref();
  }

  /** Kills it and all that its tries have started, at once. */
  kill(why: string): void {
    if (this.#exited) return;
    this.killedFor ??= why;
    this.retiring = true;
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
  }

  #deliver(messages: readonly ToWorker[]): void {
    // A process that has just died reports its exit; what was meant for it is told as lost there.
    if (this.#child.connected) this.#child.send(messages, () => undefined);
  }

  /** Its last words may arrive after its exit; a process that escaped its group may keep the stream open. */
  async #lastOutput(): Promise<void> {
    const streams = [this.#child.stdout, this.#child.stderr].filter((stream) => stream !== null);
    const ends = Promise.all(
      streams.map(
        (stream) => new Promise((resolve) => (stream.readableEnded ? resolve(true) : stream.once("close", resolve))),
      ),
    );
    await Promise.race([ends, new Promise((resolve) => setTimeout(resolve, LAST_OUTPUT_MS))]);
    for (const stream of streams) stream.destroy();
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-TAIL_CHARS);
  }
}
