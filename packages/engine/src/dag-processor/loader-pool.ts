import { availableParallelism } from "node:os";
import type { LoadRequest } from "./loader-protocol.ts";
import { LoaderProcess, type Loaded, type LoaderProcessOptions, type LoadHooks } from "./loader-process.ts";

/** A process that has loaded so many bundles makes way for a fresh one: it keeps the code of all of them. */
const MAX_LOADS = 2_000;
/** So many bundles that take long do not keep others from being loaded beside them. */
const MAX_SLOW = 4;

/** Loads bundles in child processes, as many at a time as is useful on this machine. */
export class LoaderPool {
  readonly #options: LoaderProcessOptions;
  readonly #limit: number;
  readonly #idle: LoaderProcess[] = [];
  readonly #all = new Set<LoaderProcess>();
  /** Those whose bundle takes long: they count no more. */
  readonly #slow = new Set<LoaderProcess>();
  readonly #queue: ((loader: LoaderProcess) => void)[] = [];

  constructor(options: LoaderProcessOptions, limit: number = Math.min(4, availableParallelism())) {
    this.#options = options;
    this.#limit = limit;
  }

  /** Loads a bundle. When the process dies over it that had loaded others before, it is tried once more alone: the others may have been guilty. */
  async load(request: LoadRequest, hooks: LoadHooks = {}): Promise<Loaded> {
    const loader = await this.#take();
    const wasFresh = loader.loads === 0;
    const loaded = await this.#loadIn(loader, request, hooks);
    if (!loaded.isDead || wasFresh || loader.timedOut || hooks.signal?.aborted) return loaded;
    return await this.#loadIn(this.#start(), request, hooks);
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

  async #loadIn(loader: LoaderProcess, request: LoadRequest, { onSlow, signal }: LoadHooks): Promise<Loaded> {
    try {
      if (signal?.aborted) return { dags: [], pages: [], errors: [], isDead: loader.isDead };
      return await loader.load(request, {
        onSlow: () => {
          this.#slow.add(loader);
          if (this.#queue.length > 0 && this.#mayStart()) this.#queue.shift()?.(this.#start());
          onSlow?.();
        },
        ...(signal && { signal }),
      });
    } finally {
      this.#slow.delete(loader);
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
    if (this.#mayStart()) return this.#start();
    return await new Promise((resolve) => this.#queue.push(resolve));
  }

  #giveBack(loader: LoaderProcess): void {
    const isSpent = loader.isDead || loader.loads >= MAX_LOADS;
    if (isSpent) this.#end(loader);
    const next = this.#queue.shift();
    if (next !== undefined) next(isSpent ? this.#start() : loader);
    else if (!isSpent) this.#idle.push(loader);
  }

  #mayStart(): boolean {
    return this.#all.size - Math.min(this.#slow.size, MAX_SLOW) < this.#limit;
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
