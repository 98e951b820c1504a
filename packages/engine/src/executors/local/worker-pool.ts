import type { FromWorker, WorkerSetup } from "../../worker/protocol.ts";
import type { WorkerRecords } from "./survivors.ts";
import { WorkerProcess, type WorkerExit } from "./worker-process.ts";

/** A worker that has not answered for so long gets no new work. */
const SILENT_MS = 1_000;
/** Workers that die before they were ready are made anew this much later, so that a broken installation does not spin. */
const RESPAWN_MS = 1_000;

/** What a pool is made with. */
export interface WorkerPoolOptions {
  /** Processes that run many tries each. */
  readonly workers: number;
  /** Warm processes kept ready for dispatches that run alone. */
  readonly spares: number;
  readonly env: Readonly<Record<string, string>>;
  readonly heapMb: number;
  readonly setup: (workerId: string) => WorkerSetup;
  readonly records: WorkerRecords;
  readonly nowMs: () => number;
  readonly onMessages: (worker: WorkerProcess, messages: readonly FromWorker[]) => void;
  readonly onExit: (worker: WorkerProcess, exit: WorkerExit) => void;
}

/** The worker processes of an executor: shared ones, and warm spares that become exclusive to one dispatch. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #shared = new Set<WorkerProcess>();
  readonly #spares = new Set<WorkerProcess>();
  readonly #all = new Set<WorkerProcess>();
  #made = 0;
  #closed = false;
  readonly #empty = Promise.withResolvers<void>();
  #respawn: NodeJS.Timeout | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.fill();
  }

  get all(): ReadonlySet<WorkerProcess> {
    return this.#all;
  }

  /** The shared worker with the least to do. @returns undefined when none answers. */
  findShared(): WorkerProcess | undefined {
    const nowMs = this.#options.nowMs();
    let best: WorkerProcess | undefined;
    for (const worker of this.#shared) {
      if (!worker.retiring && worker.silentMs(nowMs) < SILENT_MS && (best === undefined || worker.load < best.load))
        best = worker;
    }
    return best;
  }

  /** A process that nobody has used. */
  takeFresh(): WorkerProcess {
    const worker = [...this.#spares].find((spare) => spare.ready) ?? this.#make();
    this.#spares.delete(worker);
    worker.exclusive = true;
    this.fill();
    return worker;
  }

  /** It takes no new work; another takes its place now. Ends it when it has nothing to do. */
  retire(worker: WorkerProcess): void {
    worker.retiring = true;
    this.fill();
    this.endIfDone(worker);
  }

  endIfDone(worker: WorkerProcess): void {
    if (worker.retiring && worker.idle) worker.end();
  }

  /** Makes what is missing. Workers that do not answer are replaced too, at most once each; when they answer again there are more. */
  fill(): void {
    if (this.#closed || this.#respawn !== undefined) return;
    const nowMs = this.#options.nowMs();
    const able = [...this.#shared].filter((worker) => !worker.retiring && worker.silentMs(nowMs) < SILENT_MS).length;
    const limit = this.#options.workers * 2 - [...this.#shared].filter((worker) => !worker.retiring).length;
    for (let missing = Math.min(this.#options.workers - able, limit); missing > 0; missing -= 1)
      this.#shared.add(this.#make());
    if (able > this.#options.workers) this.#endOneIdle();
    while (this.#spares.size < this.#options.spares) this.#spares.add(this.#make());
  }

  /** Ends all processes and waits for that; also when it is called again meanwhile, as a second Ctrl-C does. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#respawn);
    for (const worker of this.#all) worker.end();
    if (this.#all.size > 0) await this.#empty.promise;
  }

  /** There is one too many since a worker that did not answer has come back. */
  #endOneIdle(): void {
    for (const worker of this.#shared) {
      if (worker.retiring || !worker.ready || !worker.idle) continue;
      worker.end();
      return;
    }
  }

  #make(): WorkerProcess {
    this.#made += 1;
    const workerId = `${process.pid}-${this.#made}`;
    const worker = new WorkerProcess({
      workerId,
      env: this.#options.env,
      heapMb: this.#options.heapMb,
      nowMs: this.#options.nowMs,
      onMessages: this.#options.onMessages,
      onExit: (ended, exit) => this.#ended(ended, exit),
    });
    this.#all.add(worker);
    if (worker.pid !== undefined) void this.#options.records.add(worker.pid, worker.mark);
    worker.send({ k: "setup", setup: this.#options.setup(workerId) });
    return worker;
  }

  #ended(worker: WorkerProcess, exit: WorkerExit): void {
    this.#all.delete(worker);
    this.#shared.delete(worker);
    this.#spares.delete(worker);
    if (worker.pid !== undefined) this.#options.records.remove(worker.pid);
    if (!worker.ready && !this.#closed) {
      this.#respawn ??= setTimeout(() => {
        this.#respawn = undefined;
        this.fill();
      }, RESPAWN_MS);
    }
    this.#options.onExit(worker, exit);
    this.fill();
    if (this.#closed && this.#all.size === 0) this.#empty.resolve();
  }
}
