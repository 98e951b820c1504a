// R6. Occupancy is never a stored counter: it is derived from the live task instances that this scheduler owns, so it cannot leak.
import { TASK_STATES, type Draft, type GraphTask, type Run, type RunHead, type TaskState } from "@millrace/core";

const DEFERRED = TASK_STATES.indexOf("deferred");

/** Whose slots an instance takes. */
type Owner = Pick<RunHead, "dagId" | "backfillId">;

/** How many slots are taken: per pool, per DAG, per task of a DAG. Moves with drafts, and is derived anew when a commit did not happen. */
export class Occupancy {
  readonly #pools = new Map<string, number>();
  /** Slots of deferred instances: they count in pools that say so. */
  readonly #deferred = new Map<string, number>();
  readonly #dags = new Map<string, number>();
  readonly #tasks = new Map<string, number>();
  readonly #includeDeferred = new Set<string>();
  #active = 0;

  /** Instances that are queued or running. */
  get active(): number {
    return this.#active;
  }

  pool(pool: string): number {
    return (this.#pools.get(pool) ?? 0) + (this.#includeDeferred.has(pool) ? (this.#deferred.get(pool) ?? 0) : 0);
  }

  /** Of a DAG's own runs, or of its backfills: each has the DAG's limit for itself, so that neither fills it for the other. */
  dag(head: Owner): number {
    return this.#dags.get(nameOf(head)) ?? 0;
  }

  task(dagId: string, taskId: string): number {
    return this.#tasks.get(`${dagId}\n${taskId}`) ?? 0;
  }

  /** Slots in use per pool, for rebalancing grants. */
  pools(): Readonly<Record<string, number>> {
    const names = new Set([...this.#pools.keys(), ...this.#includeDeferred]);
    return Object.fromEntries([...names].map((pool) => [pool, this.pool(pool)]));
  }

  /** @returns true when deferred instances count in this pool from now on, and did not before. */
  countDeferred(pool: string, include: boolean): boolean {
    const isNew = include && !this.#includeDeferred.has(pool);
    if (include) this.#includeDeferred.add(pool);
    else this.#includeDeferred.delete(pool);
    return isNew;
  }

  /** True when deferred instances take slots in some pool. */
  get countsDeferred(): boolean {
    return this.#includeDeferred.size > 0;
  }

  /** Counts the deferred instances of a run that comes into memory (1), or leaves it to rest (-1). All others of such a run hold nothing. */
  moveDeferred(run: Run, by: 1 | -1): void {
    if (run.counts[DEFERRED] === 0) return;
    for (let slot = 0; slot < run.length; slot += 1) {
      if (run.task[slot] < 0 || run.state[slot] !== DEFERRED) continue;
      const { pool, poolSlots } = run.compiled.tasks[run.task[slot]];
      add(this.#deferred, pool, by * poolSlots);
    }
  }

  /** One instance goes from one state to another; undefined = it is not there. */
  move(head: Owner, node: GraphTask, before: TaskState | undefined, after: TaskState | undefined): void {
    const wasActive = isActive(before);
    const delta = Number(isActive(after)) - Number(wasActive);
    if (delta !== 0) {
      this.#active += delta;
      add(this.#dags, nameOf(head), delta);
      if (node.maxActivePerDag !== undefined) add(this.#tasks, `${head.dagId}\n${node.taskId}`, delta);
    }
    if (delta !== 0) add(this.#pools, node.pool, delta * node.poolSlots);
    const deferred = Number(after === "deferred") - Number(before === "deferred");
    if (deferred !== 0) add(this.#deferred, node.pool, deferred * node.poolSlots);
  }

  /** Everything that a draft has decided so far. */
  moveAll(draft: Draft): void {
    const { run } = draft;
    for (const [slot, values] of draft.instances) {
      const task = slot < run.length ? run.task[slot] : values.task;
      if (task < 0) continue;
      const before = slot < run.length ? run.stateOf(slot) : undefined;
      this.move(draft.head, run.compiled.tasks[task], before, values.task < 0 ? undefined : values.state);
    }
  }

  /** Derives everything anew. O(instances): at start, at takeover, and after a commit that did not happen. */
  rebuild(runs: Iterable<Run>): void {
    this.#active = 0;
    this.#pools.clear();
    this.#deferred.clear();
    this.#dags.clear();
    this.#tasks.clear();
    for (const run of runs) {
      for (let slot = 0; slot < run.length; slot += 1) {
        if (run.task[slot] >= 0) this.move(run.head, run.compiled.tasks[run.task[slot]], undefined, run.stateOf(slot));
      }
    }
  }
}

function nameOf({ dagId, backfillId }: Owner): string {
  return backfillId === undefined ? dagId : `${dagId}\nbackfill`;
}

function isActive(state: TaskState | undefined): boolean {
  return state === "queued" || state === "running" || state === "restarting";
}

function add(map: Map<string, number>, key: string, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}
