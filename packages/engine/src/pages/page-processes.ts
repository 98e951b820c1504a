import { hostname } from "node:os";
import { MillraceError } from "@millrace/core";
import { codeCacheFolder } from "../contained/code-cache.ts";
import { WorkerRecords } from "../executors/local/survivors.ts";
import { PageProcess, type PageEnd, type PageWork } from "./page-process.ts";

/** A process that has loaded so many bundles makes way for a fresh one: it keeps the code of all of them. */
const MOST_BUNDLES = 16;
/** Computations that wait for a process; more are refused. */
const MOST_WAITING = 32;

/** How the code of pages may run. */
export interface PageProcessesOptions {
  /** Below it code is cached, and processes are written down. */
  readonly dataFolder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Heap of a process. */
  readonly memoryMb: number;
  /** At once. */
  readonly processes: number;
  /** One that has had nothing to do for so long is ended. */
  readonly idleMs: number;
}

/** What a computation gave, and the secrets that its process may know. */
export interface PageOutcome {
  readonly end: PageEnd;
  readonly secrets: ReadonlySet<string>;
}

/** Makes the work for a process, which is told what it may not show. */
export type MakeWork = (secrets: Set<string>) => PageWork;

/** The processes that run the code of pages: started when somebody looks, reused while somebody does, ended when nobody does. */
export class PageProcesses {
  readonly #options: PageProcessesOptions;
  readonly #idle = new Map<PageProcess, NodeJS.Timeout>();
  readonly #all = new Set<PageProcess>();
  readonly #queue: ((process: PageProcess) => void)[] = [];
  #records: WorkerRecords | undefined;

  constructor(options: PageProcessesOptions) {
    this.#options = options;
  }

  /**
   * Computes a page. When a process dies over it that had computed others before, it is tried once more in a fresh one: the others may have been guilty.
   *
   * @throws MillraceError TIMEOUT when too many wait already
   */
  async compute(makeWork: MakeWork, bundleHash: string): Promise<PageOutcome> {
    const process = await this.#take(bundleHash);
    const wasUsed = process.bundles.size > 0;
    const outcome = await this.#computeIn(process, makeWork);
    if (!wasUsed || outcome.end.kind !== "failed" || !outcome.end.isDead) return outcome;
    return await this.#computeIn(this.#start(), makeWork);
  }

  /** Ends all of them, whatever they do. */
  close(): void {
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    for (const process of this.#all) process.kill();
    this.#all.clear();
  }

  async #computeIn(process: PageProcess, makeWork: MakeWork): Promise<PageOutcome> {
    try {
      return { end: await process.compute(makeWork(process.secrets)), secrets: process.secrets };
    } finally {
      this.#release(process);
    }
  }

  /** The one that has the bundle already, else any. */
  async #take(bundleHash: string): Promise<PageProcess> {
    for (const process of this.#idle.keys()) if (process.isDead) this.#forget(process);
    const idle = [...this.#idle.keys()];
    const process = idle.find(({ bundles }) => bundles.has(bundleHash)) ?? idle.at(0);
    if (process !== undefined) {
      clearTimeout(this.#idle.get(process));
      this.#idle.delete(process);
      return process;
    }
    if (this.#all.size < this.#options.processes) return this.#start();
    if (this.#queue.length >= MOST_WAITING)
      throw new MillraceError(
        "TIMEOUT",
        `${this.#queue.length} pages wait to be computed already; try again in a minute`,
      );
    return await new Promise((resolve) => this.#queue.push(resolve));
  }

  #release(process: PageProcess): void {
    if (process.isDead || process.bundles.size >= MOST_BUNDLES || !this.#all.has(process)) this.#forget(process);
    const next = this.#queue.shift();
    if (process.isDead) {
      next?.(this.#start());
      return;
    }
    if (next) return next(process);
    const timer = setTimeout(() => this.#forget(process), this.#options.idleMs);
    timer.unref();
    this.#idle.set(process, timer);
  }

  #forget(process: PageProcess): void {
    clearTimeout(this.#idle.get(process));
    this.#idle.delete(process);
    this.#all.delete(process);
    process.kill();
  }

  #start(): PageProcess {
    const { dataFolder, env, memoryMb } = this.#options;
    // R10: one that is stuck in user code does not outlive Millrace for long.
    this.#records ??= new WorkerRecords(dataFolder, hostname());
    const records = this.#records;
    const process = new PageProcess({
      env,
      memoryMb,
      codeCacheFolder: codeCacheFolder(dataFolder, env),
      // A record that cannot be written (a full disk) must not keep pages from being computed.
      onStart: (pid) => void records.add(pid).catch(() => undefined),
      onEnd: (pid) => records.remove(pid),
    });
    this.#all.add(process);
    return process;
  }
}
