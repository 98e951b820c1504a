import { availableParallelism } from "node:os";
import type { LoadRequest } from "./loader-protocol.ts";
import { LoaderProcess, type Loaded, type LoaderProcessOptions } from "./loader-process.ts";

/** A process that has loaded so many bundles makes way for a fresh one: it keeps the code of all of them. */
const MAX_LOADS = 2_000;

/** Loads bundles in child processes, as many at a time as is useful on this machine. */
export class LoaderPool {
  readonly #options: LoaderProcessOptions;
  readonly #limit: number;
  readonly #idle: LoaderProcess[] = [];
  readonly #all = new Set<LoaderProcess>();
  readonly #queue: ((loader: LoaderProcess) => void)[] = [];

  constructor(options: LoaderProcessOptions, limit: number = Math.min(4, availableParallelism())) {
    this.#options = options;
    this.#limit = limit;
  }

  /** Loads a bundle. When the process dies over it that had loaded others before, it is tried once more alone: the others may have been guilty. */
  async load(request: LoadRequest): Promise<Loaded> {
    const loader = await this.#take();
    const wasFresh = loader.loads === 0;
    const loaded = await this.#loadIn(loader, request);
    if (!loaded.isDead || wasFresh || loader.timedOut) return loaded;
    return await this.#loadIn(this.#start(), request);
  }

  /**
   * Ends the processes that have loaded anything and has one fresh one ready for the next bundle: packages may have changed, and user code may have left
   * things behind.
   */
  renew(): void {
    for (const loader of this.#idle.splice(0)) {
      if (loader.loads === 0 && !loader.isDead && this.#idle.length === 0) this.#idle.push(loader);
      else this.#end(loader);
    }
    if (this.#all.size === 0) this.#idle.push(this.#start());
  }

  /** Ends all processes. */
  close(): void {
    this.#idle.length = 0;
    for (const loader of this.#all) this.#end(loader);
  }

  async #loadIn(loader: LoaderProcess, request: LoadRequest): Promise<Loaded> {
    try {
      return await loader.load(request);
    } finally {
      this.#giveBack(loader);
    }
  }

  async #take(): Promise<LoaderProcess> {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle === undefined) break;
      if (!idle.isDead) return idle;
      this.#all.delete(idle);
    }
    if (this.#all.size < this.#limit) return this.#start();
    return await new Promise((resolve) => this.#queue.push(resolve));
  }

  #giveBack(loader: LoaderProcess): void {
    const isSpent = loader.isDead || loader.loads >= MAX_LOADS;
    if (isSpent) this.#end(loader);
    const next = this.#queue.shift();
    if (next !== undefined) next(isSpent ? this.#start() : loader);
    else if (!isSpent) this.#idle.push(loader);
  }

  #start(): LoaderProcess {
    const loader = new LoaderProcess(this.#options);
    this.#all.add(loader);
    return loader;
  }

  #end(loader: LoaderProcess): void {
    this.#all.delete(loader);
    loader.kill();
  }
}
