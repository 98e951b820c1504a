// R6. Occupancy is never a stored counter: it is derived from the live task instances that this scheduler owns, so it cannot leak.
import { type Draft, type GraphTask, type Run, type TaskState } from "@millrace/core";

/** How many slots are taken: per pool, per DAG, per task of a DAG. Moves with drafts, and is derived anew when a commit did not happen. */
export class Occupancy {
  readonly #pools = new Map<string, number>();
  readonly #dags = new Map<string, number>();
  readonly #tasks = new Map<string, number>();
  readonly #includeDeferred = new Set<string>();
  #active = 0;

  /** Instances that are queued or running. */
  get active(): number {
    return this.#active;
  }

  pool(pool: string): number {
    return this.#pools.get(pool) ?? 0;
  }

  dag(dagId: string): number {
    return this.#dags.get(dagId) ?? 0;
  }

  task(dagId: string, taskId: string): number {
    return this.#tasks.get(`${dagId}\n${taskId}`) ?? 0;
  }

  /** Slots in use per pool, for rebalancing grants. */
  pools(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#pools);
  }

  countDeferred(pool: string, include: boolean): void {
    if (include) this.#includeDeferred.add(pool);
    else this.#includeDeferred.delete(pool);
  }

  /** One instance goes from one state to another; undefined = it is not there. */
  move(dagId: string, node: GraphTask, before: TaskState | undefined, after: TaskState | undefined): void {
    const wasActive = isActive(before);
    const delta = Number(isActive(after)) - Number(wasActive);
    if (delta !== 0) {
      this.#active += delta;
      add(this.#dags, dagId, delta);
      if (node.maxActivePerDag !== undefined) add(this.#tasks, `${dagId}\n${node.taskId}`, delta);
    }
    const inPool = Number(this.#isInPool(node, after)) - Number(this.#isInPool(node, before));
    if (inPool !== 0) add(this.#pools, node.pool, inPool * node.poolSlots);
  }

  /** Everything that a draft has decided so far. */
  moveAll(draft: Draft): void {
    const { run } = draft;
    for (const [slot, values] of draft.instances) {
      const task = slot < run.length ? run.task[slot] : values.task;
      if (task < 0) continue;
      const before = slot < run.length ? run.stateOf(slot) : undefined;
      this.move(run.head.dagId, run.compiled.tasks[task], before, values.task < 0 ? undefined : values.state);
    }
  }

  /** Derives everything anew. O(instances): at start, at takeover, and after a commit that did not happen. */
  rebuild(runs: Iterable<Run>): void {
    this.#active = 0;
    this.#pools.clear();
    this.#dags.clear();
    this.#tasks.clear();
    for (const run of runs) {
      for (let slot = 0; slot < run.length; slot += 1) {
        if (run.task[slot] >= 0)
          this.move(run.head.dagId, run.compiled.tasks[run.task[slot]], undefined, run.stateOf(slot));
      }
    }
  }

  #isInPool(node: GraphTask, state: TaskState | undefined): boolean {
    return isActive(state) || (state === "deferred" && this.#includeDeferred.has(node.pool));
  }
}

function isActive(state: TaskState | undefined): boolean {
  return state === "queued" || state === "running" || state === "restarting";
}

function add(map: Map<string, number>, key: string, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}
