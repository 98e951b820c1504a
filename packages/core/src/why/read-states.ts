import type { CompiledGraph } from "../graph/compiled-graph.ts";
import { OUTCOME, outcomeOf } from "../model/run.ts";
import { isTerminal, type TaskState } from "../model/states.ts";
import type { Obligation } from "../plan/changes.ts";
import type { SetupCounts, UpstreamCounts } from "../plan/trigger-rule.ts";
import type { InstanceFacts, InstanceStates, StateGroup } from "../ports/why.ts";
import type { TaskStates } from "./blocker.ts";

/** The states of a run's instances, as far as the facts tell, with the counts that the rules ask for. Tasks are indexes into the graph. */
export class ReadStates {
  readonly compiled: CompiledGraph;
  readonly #groups: ReadonlyMap<string, readonly StateGroup[]>;
  readonly #instances: ReadonlyMap<string, InstanceFacts>;
  readonly #mapIndexes: ReadonlySet<number>;
  readonly #promised: ReadonlyMap<string, number>;

  constructor(compiled: CompiledGraph, states: InstanceStates, obligations: readonly Obligation[] = []) {
    this.compiled = compiled;
    this.#groups = Map.groupBy(states.groups, (group) => group.taskId);
    this.#instances = new Map(
      states.instances.map((instance) => [keyOf(instance.taskId, instance.mapIndex), instance]),
    );
    this.#mapIndexes = new Set(states.mapIndexes);
    this.#promised = new Map(obligations.flatMap((o) => (o.kind === "expand" ? [[o.taskId, o.total] as const] : [])));
  }

  /** Instances of a task by state. */
  groups(task: number): readonly StateGroup[] {
    return this.#groups.get(this.#idOf(task)) ?? [];
  }

  /** One instance; undefined when there is none, or when the facts do not tell of it. */
  instance(task: number, mapIndex: number): InstanceFacts | undefined {
    const taskId = this.#idOf(task);
    const known = this.#instances.get(keyOf(taskId, mapIndex));
    return known ?? this.groups(task).find((group) => group.mapIndex === mapIndex);
  }

  /** False for a map index of which the facts only tell how many instances are in which state. */
  tellsOf(mapIndex: number): boolean {
    return mapIndex < 0 || this.#mapIndexes.has(mapIndex);
  }

  /** Instances that the run will have of a task when its expansion is carried out. */
  expected(task: number): number {
    return this.#promised.get(this.#idOf(task)) ?? Math.max(1, this.#present(task));
  }

  /** Some of a task's instances have not ended, or are not there yet. */
  isOpen(task: number): boolean {
    const ended = this.groups(task).reduce((sum, { state, count }) => sum + (isTerminal(state) ? count : 0), 0);
    return ended < this.expected(task);
  }

  /** The upstream task's instances as those below see them: the one of the same map index, in the same mapped group, or all. */
  seenFrom(task: number, mapIndex: number, upstream: number): TaskStates {
    const taskId = this.#idOf(upstream);
    if (!this.#isSameIndex(task, upstream) || !this.tellsOf(mapIndex) || mapIndex < 0) {
      const states = Object.fromEntries(this.groups(upstream).map(({ state, count }) => [state, count]));
      return { taskId, states, missing: this.expected(upstream) - this.#present(upstream) };
    }
    const same = this.instance(upstream, mapIndex);
    return { taskId, mapIndex, states: same ? { [same.state]: 1 } : {}, missing: same ? 0 : 1 };
  }

  /** What the trigger rule of an instance counts. */
  upstreamCounts(task: number, mapIndex: number): UpstreamCounts {
    const counts = [0, 0, 0, 0, 0];
    let total = 0;
    for (const edge of this.compiled.tasks[task].upstream)
      total += this.#count(counts, this.seenFrom(task, mapIndex, edge.task));
    const [success, skipped, failed, upstreamFailed, removed] = counts;
    return { total: total - removed, success, skipped, failed, upstreamFailed };
  }

  /** The setups in whose scope an instance is, or that it ends. */
  setupCounts(task: number, mapIndex: number): SetupCounts {
    const counts = [0, 0, 0, 0, 0];
    let total = 0;
    for (const setup of this.compiled.tasks[task].setups ?? [])
      total += this.#count(counts, this.seenFrom(task, mapIndex, setup));
    return {
      total: total - counts[OUTCOME.removed],
      success: counts[OUTCOME.success],
      skipped: counts[OUTCOME.skipped],
      failed: counts[OUTCOME.failed] + counts[OUTCOME.upstreamFailed],
    };
  }

  /** @returns how many instances there are, counted by outcome into `counts`. */
  #count(counts: number[], { states, missing }: TaskStates): number {
    let total = missing;
    for (const [state, count] of Object.entries(states)) {
      total += count;
      const outcome = outcomeOf(state as TaskState);
      if (outcome >= 0) counts[outcome] += count;
    }
    return total;
  }

  #present(task: number): number {
    return this.groups(task).reduce((sum, { count }) => sum + count, 0);
  }

  #isSameIndex(task: number, upstream: number): boolean {
    const { scope } = this.compiled;
    return scope[task] >= 0 && scope[task] === scope[upstream];
  }

  #idOf(task: number): string {
    return this.compiled.tasks[task].taskId;
  }
}

function keyOf(taskId: string, mapIndex: number): string {
  return `${taskId}\n${mapIndex}`;
}
