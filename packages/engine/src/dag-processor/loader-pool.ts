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
   * Gets a fresh process ready for the next bundle and ends the others then: packages may have changed, and user code may have left things behind.
   * What comes before it is ready is loaded in an old one.
   */
  renew(): void {
    if (!this.#idle.some((loader) => loader.loads === 0)) this.#idle.push(this.#start());
    this.#endUsed();
  }

  /** Ends all processes. */
  close(): void {
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
    for (const dead of this.#idle.filter((loader) => loader.isDead)) this.#end(dead);
    const at = Math.max(
      0,
      this.#idle.findLastIndex((loader) => loader.isReady),
    );
    const [idle] = this.#idle.splice(at, 1);
    if (idle !== undefined) return idle;
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
    const loader = new LoaderProcess({ ...this.#options, onReady: () => this.#endUsed() });
    this.#all.add(loader);
    return loader;
  }

  /** Old ones go when a fresh one can take their place. */
  #endUsed(): void {
    if (!this.#idle.some((loader) => loader.loads === 0 && loader.isReady)) return;
    for (const used of this.#idle.filter((loader) => loader.loads > 0)) this.#end(used);
  }

  #end(loader: LoaderProcess): void {
    this.#all.delete(loader);
    if (this.#idle.includes(loader)) this.#idle.splice(this.#idle.indexOf(loader), 1);
    loader.kill();
  }
}
