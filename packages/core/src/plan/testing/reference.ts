import type { Graph, GraphEach, GraphList, GraphTask } from "../../graph/graph.ts";
import { listsOf } from "../../graph/lists-of.ts";
import type { TaskState } from "../../model/states.ts";
import type { Verdict } from "../trigger-rule.ts";
import type { Result } from "./random-endings.ts";
import { readTable } from "./rule-sentences.ts";

/** How an instance ended. */
export interface Final {
  readonly state: TaskState;
  readonly length?: number;
  readonly choice?: readonly string[];
  /** The DAG fails fast, and another task had failed. */
  readonly isCut?: boolean;
}

/** Final states of a run: task → map index → how it ended. */
export type Finals = ReadonlyMap<number, ReadonlyMap<number, Final>>;

/**
 * The slow reference: walks the tasks from the first to the last and says for every instance in which states it may have ended, given how those
 * above it ended. Where the rules depend on who ends first (a failure and a skip above `all_success`; tasks that start early below a branch or a
 * short circuit), several are right, and the next tasks are judged by what was observed; everywhere else there is one.
 */
export class Reference {
  readonly #graph: Graph;
  readonly #finals: Finals;
  readonly #resultOf: (task: number, mapIndex: number) => Result;
  /** What had certainly ended before an instance was decided. */
  readonly #certain = new Map<string, ReadonlySet<string>>();
  /** Instances with more than one right state. */
  ambiguous = 0;

  constructor(graph: Graph, finals: Finals, resultOf: (task: number, mapIndex: number) => Result) {
    this.#graph = graph;
    this.#finals = finals;
    this.#resultOf = resultOf;
  }

  /**
   * @param wasCleared instances of a mapped task that its rule does not let run again keep the indexes that they had.
   * @returns one line for each instance that ended in a state that the rules do not allow.
   */
  findWrong(wasCleared = false): readonly string[] {
    const wrong: string[] = [];
    this.#graph.tasks.forEach((node, task) => {
      const observed = this.#finals.get(task) ?? new Map<number, Final>();
      const indexes = [...observed.keys()].sort((a, b) => a - b);
      const isMapped = node.each !== undefined || this.#group(task) >= 0;
      const length = isMapped ? this.#lengthOf(task) : 0;
      const full = length > 0 ? Array.from({ length }, (_, i) => i) : [-1];
      const isOne = node.each !== undefined && indexes.length === 1 && indexes[0] === -1;
      const isKept =
        wasCleared &&
        node.each !== undefined &&
        [...observed.values()].every(({ state }) => state === "upstream_failed" || state === "skipped");
      const isCut = [...observed.values()].some((final) => final.isCut);
      if (!isOne && !isKept && !isCut && indexes.join() !== full.join())
        wrong.push(`${node.taskId} has the indexes ${indexes.join()} instead of ${full.join()}`);
      for (const [mapIndex, { state, isCut }] of observed) {
        if (isCut) {
          wrong.push(...this.#findWrongCut(task, mapIndex, state));
          continue;
        }
        const allowed = this.#judge(task, mapIndex, state);
        if (allowed.size > 1) this.ambiguous += 1;
        if (!allowed.has(state))
          wrong.push(`${node.taskId}[${mapIndex}] is ${state}, right: ${[...allowed].join(" or ")}`);
      }
    });
    return wrong;
  }

  /** Failing fast ends everything but teardowns: what ran has failed, the rest is skipped; and only where something failed by itself. */
  #findWrongCut(task: number, mapIndex: number, state: TaskState): readonly string[] {
    const { taskId, teardown } = this.#graph.tasks[task];
    const hasFailure = [...this.#finals.values()].some((finals) =>
      [...finals.values()].some((final) => final.state === "failed" && !final.isCut),
    );
    const isRight = this.#graph.dag.failFast && hasFailure && !teardown && (state === "skipped" || state === "failed");
    return isRight ? [] : [`${taskId}[${mapIndex}] is ${state} for a failure elsewhere`];
  }

  /** The run's own state. */
  runState(): "success" | "failed" {
    const { tasks } = this.#graph;
    const ignorable = (node: GraphTask): boolean => node.teardown === true && node.onFailureFailRun !== true;
    const isLeaf = (task: number): boolean =>
      tasks.every((below) => ignorable(below) || below.upstream.every((edge) => edge.task !== task));
    const failed = tasks.some(
      (node, task) =>
        !ignorable(node) &&
        isLeaf(task) &&
        this.#all(task).some(([, { state }]) => state === "failed" || state === "upstream_failed"),
    );
    return failed ? "failed" : "success";
  }

  #judge(task: number, mapIndex: number, state: TaskState): ReadonlySet<TaskState> {
    const above = this.#above(task, mapIndex);
    const allowed = new Set<TaskState>();
    let certain: Set<string> | undefined;
    for (const ended of subsets(above)) {
      if (!this.#isPossible(ended, above)) continue;
      const verdict = this.#verdict(task, mapIndex, ended);
      if (verdict === "wait") continue;
      const states = this.#statesOf(verdict, task, mapIndex);
      for (const right of states) allowed.add(right);
      if (states.includes(state))
        certain = intersect(certain, new Set([...ended].flatMap((key) => [key, ...(this.#certain.get(key) ?? [])])));
    }
    this.#certain.set(keyOf(task, mapIndex), certain ?? new Set());
    return allowed;
  }

  /** An instance ended only after what it certainly waited for. */
  #isPossible(ended: ReadonlySet<string>, above: readonly string[]): boolean {
    return [...ended].every((key) => above.every((other) => ended.has(other) || !this.#certain.get(key)?.has(other)));
  }

  #statesOf(verdict: Exclude<Verdict, "wait">, task: number, mapIndex: number): readonly TaskState[] {
    if (verdict !== "run") return [verdict];
    const { each } = this.#graph.tasks[task];
    if ((each || this.#group(task) >= 0) && mapIndex < 0) return this.#lengthOf(task) === 0 ? ["skipped"] : [];
    const { state, tries } = this.#resultOf(task, mapIndex);
    // A task that started early is looked at again before its next try: a branch or short circuit may have spoken since.
    return tries > 1 && this.#isRuledOut(task, mapIndex, undefined) ? [state, "skipped"] : [state];
  }

  /** What the rules say when exactly these have ended. */
  #verdict(task: number, mapIndex: number, ended: ReadonlySet<string>): Verdict {
    const node = this.#graph.tasks[task];
    const group = this.#group(task);
    const sources = (each: GraphEach | undefined): string[] =>
      (each?.sources ?? []).flatMap(listsOf).flatMap((s) => (s.from === "task" ? this.#keys(s.task) : []));
    if (group >= 0 && !sources(this.#graph.groups[group].each).every((key) => ended.has(key))) return "wait";
    if (this.#isRuledOut(task, mapIndex, ended)) return "skipped";
    const direct = node.upstream.flatMap((edge) => this.#speaking(task, mapIndex, edge.task));
    const setups = (node.setups ?? []).flatMap((setup) => this.#speaking(task, mapIndex, setup));
    const count = (keys: readonly string[], ...states: TaskState[]): number =>
      keys.filter((key) => ended.has(key) && states.includes(this.#final(key).state)).length;
    const verdict = readTable(node.triggerRule, {
      U: direct.length,
      S: count(direct, "success"),
      K: count(direct, "skipped"),
      F: count(direct, "failed"),
      X: count(direct, "upstream_failed"),
      T: setups.length,
      G: count(setups, "success"),
      N: count(setups, "skipped"),
    });
    if (verdict !== "run") return verdict;
    if (!node.teardown && count(setups, "success") < setups.length) {
      if (count(setups, "failed", "upstream_failed") > 0) return "upstream_failed";
      return count(setups, "skipped") > 0 ? "skipped" : "wait";
    }
    return sources(node.each).every((key) => ended.has(key)) ? "run" : "wait";
  }

  /** A branch chose another way, or a short circuit ended the way here. `ended` undefined: when all have ended. */
  #isRuledOut(task: number, mapIndex: number, ended: ReadonlySet<string> | undefined): boolean {
    const { tasks } = this.#graph;
    const finals = (upstream: number): readonly Final[] | undefined => {
      const keys = this.#speaking(task, mapIndex, upstream);
      return ended && !keys.every((key) => ended.has(key)) ? undefined : keys.map((key) => this.#final(key));
    };
    const isOtherWay = tasks[task].upstream.some((edge) => {
      const chosen = finals(edge.task)?.filter(({ state }) => state === "success");
      if (!edge.choices || !chosen || chosen.length === 0) return false;
      const keys = new Set(chosen.flatMap(({ choice }) => choice ?? []));
      const isChosen = (choices: readonly string[] | undefined): boolean =>
        choices?.some((key) => keys.has(key)) ?? false;
      const leads = tasks.some(
        (other, at) => this.#isAbove(at, task) && isChosen(other.upstream.find((up) => up.task === edge.task)?.choices),
      );
      return !isChosen(edge.choices) && !leads;
    });
    if (isOtherWay) return true;
    return this.#guards(task).some(
      (guard) => finals(guard)?.every(({ state, choice }) => state === "success" && choice?.length === 0) ?? false,
    );
  }

  #guards(task: number): readonly number[] {
    const { tasks } = this.#graph;
    if (tasks[task].teardown) return [];
    return [...tasks.keys()].filter((at) => {
      if (tasks[at].kind !== "shortCircuit") return false;
      return tasks[at].respectTriggerRules
        ? tasks[task].upstream.some((edge) => edge.task === at)
        : this.#isAbove(at, task);
    });
  }

  /** Everything whose end may matter to an instance. */
  #above(task: number, mapIndex: number): readonly string[] {
    const node = this.#graph.tasks[task];
    const group = this.#group(task);
    const lists = [
      ...(node.each?.sources ?? []),
      ...(group >= 0 ? (this.#graph.groups[group].each?.sources ?? []) : []),
    ];
    const tasks = [...node.upstream.map((edge) => edge.task), ...(node.setups ?? []), ...this.#guards(task)];
    return [
      ...new Set([
        ...tasks.flatMap((up) => this.#speaking(task, mapIndex, up)),
        ...lists.flatMap(listsOf).flatMap((list) => (list.from === "task" ? this.#keys(list.task) : [])),
      ]),
    ];
  }

  /** Instances of an upstream task that one of this task looks at: its own index in the same mapped group, else all. */
  #speaking(task: number, mapIndex: number, upstream: number): readonly string[] {
    const isSame = this.#group(task) >= 0 && this.#group(task) === this.#group(upstream);
    return isSame ? [keyOf(upstream, mapIndex)] : this.#keys(upstream);
  }

  #lengthOf(task: number): number {
    const group = this.#group(task);
    const each = (group >= 0 ? this.#graph.groups[group].each : this.#graph.tasks[task].each) as GraphEach;
    const lengths = each.sources.map((source) =>
      listsOf(source).reduce((sum, list) => sum + this.#listLength(list), 0),
    );
    if (each.mode === "product") return lengths.reduce((a, b) => a * b, 1);
    return each.mode === "zip" ? Math.min(...lengths) : Math.max(...lengths);
  }

  #listLength(list: GraphList): number {
    if (list.from === "literal") return list.length;
    if (list.from === "param") return 0;
    const ended = this.#all(list.task);
    if (ended.length === 1 && ended[0][0] === -1)
      return ended[0][1].state === "success" ? (ended[0][1].length ?? 0) : 0;
    return ended.filter(([, { state }]) => state === "success").length;
  }

  #isAbove(above: number, task: number): boolean {
    return this.#graph.tasks[task].upstream.some((edge) => edge.task === above || this.#isAbove(above, edge.task));
  }

  #group(task: number): number {
    return this.#graph.tasks[task].group ?? -1;
  }

  #all(task: number): readonly (readonly [number, Final])[] {
    return [...(this.#finals.get(task) ?? [])];
  }

  #keys(task: number): string[] {
    return this.#all(task).map(([mapIndex]) => keyOf(task, mapIndex));
  }

  #final(key: string): Final {
    const [task, mapIndex] = key.split("/").map(Number);
    return this.#finals.get(task)?.get(mapIndex) ?? { state: "none" };
  }
}

function keyOf(task: number, mapIndex: number): string {
  return `${task}/${mapIndex}`;
}

function* subsets(keys: readonly string[]): Generator<ReadonlySet<string>> {
  for (let bits = 0; bits < 2 ** keys.length; bits += 1) yield new Set(keys.filter((_, at) => (bits >> at) & 1));
}

function intersect(a: Set<string> | undefined, b: ReadonlySet<string>): Set<string> {
  return a ? new Set([...a].filter((key) => b.has(key))) : new Set(b);
}
