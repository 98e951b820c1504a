import { DEFAULT_RULES, type SystemRules } from "../model/system-rules.ts";
import type { Graph, GraphTask } from "./graph.ts";
import { listsOf } from "./lists-of.ts";

/** An edge seen from above. */
export interface DownstreamEdge {
  readonly task: number;
  readonly choices?: readonly string[];
  /** Both ends are in the same mapped group: index i feeds index i only. */
  readonly sameIndex: boolean;
}

/** A task with what the system's rules add to what its author said. */
export type CompiledTask = GraphTask & { readonly retries: number };

/** A graph with everything derived that the plan looks up while a run is alive. Made once per version, shared by its runs. */
export interface CompiledGraph {
  readonly graph: Graph;
  readonly tasks: readonly CompiledTask[];
  /** What the system's operator decided for all DAGs. */
  readonly rules: SystemRules;
  readonly indexOf: ReadonlyMap<string, number>;
  readonly downstream: readonly (readonly DownstreamEdge[])[];
  /** Index of the mapped group that a task is in, -1 = none. */
  readonly scope: Int32Array;
  /** Upstream tasks outside the task's mapped group. */
  readonly outerUpstream: readonly (readonly number[])[];
  /** Number of upstream tasks in the task's own mapped group. */
  readonly sameIndexUpstream: Int32Array;
  /** Task → mapped groups and mapped tasks that take their length from its result. */
  readonly lengthReaders: readonly (readonly number[])[];
  /** Mapped group index → its tasks. */
  readonly members: ReadonlyMap<number, readonly number[]>;
  /** Tasks that decide the outcome of the run (see {@link effectiveLeaves}). */
  readonly leaves: readonly number[];
  /** Short circuits above a task that skip it whatever its own rule says. */
  readonly shortCircuits: readonly (readonly number[])[];
  /** True when some task looks at the previous run. */
  readonly looksAtPast: boolean;
  /** The earliest deadline of the DAG and its tasks after a data interval. */
  readonly deadlineMicros?: number;
  /** Setups that need to look at work and teardowns: setup → tasks in its scope. */
  readonly setupReaders: readonly (readonly number[])[];
  /** All tasks below `task`, itself excluded; computed once on demand. */
  descendants(task: number): ReadonlySet<number>;
  /** All tasks below any of `tasks`, and those of `tasks` that are below others of them. O(tasks + edges), however many are asked for. */
  allBelow(tasks: Iterable<number>): ReadonlySet<number>;
  /** All tasks above any of `tasks`, likewise. */
  allAbove(tasks: Iterable<number>): ReadonlySet<number>;
}

/** Derives what the plan needs. O(tasks + edges), short circuits aside. */
export function compileGraph(graph: Graph, rules: SystemRules = DEFAULT_RULES): CompiledGraph {
  const tasks = graph.tasks.map((task) => withRules(task, rules));
  const scope = Int32Array.from(tasks, (task) => mappedGroupOf(graph, task));
  const downstream: DownstreamEdge[][] = tasks.map(() => []);
  const outerUpstream: number[][] = tasks.map(() => []);
  const sameIndexUpstream = new Int32Array(tasks.length);
  for (const [index, task] of tasks.entries()) {
    for (const edge of task.upstream) {
      const sameIndex = scope[index] >= 0 && scope[index] === scope[edge.task];
      downstream[edge.task].push({ task: index, sameIndex, ...(edge.choices && { choices: edge.choices }) });
      if (sameIndex) sameIndexUpstream[index] += 1;
      else outerUpstream[index].push(edge.task);
    }
  }
  const allBelow = (from: Iterable<number>): Set<number> => reach(from, (t) => downstream[t]);
  const allAbove = (from: Iterable<number>): Set<number> => reach(from, (t) => tasks[t].upstream);
  const descendants = memo((task) => allBelow([task]));
  return {
    graph,
    tasks,
    rules,
    indexOf: new Map(tasks.map((task, index) => [task.taskId, index])),
    downstream,
    scope,
    outerUpstream,
    sameIndexUpstream,
    lengthReaders: findLengthReaders(graph),
    members: findMembers(scope),
    leaves: effectiveLeaves(tasks, downstream),
    shortCircuits: findShortCircuits(tasks, descendants),
    looksAtPast: tasks.some((task) => task.dependsOnPast || task.waitForDownstream),
    deadlineMicros: earliestDeadline(graph),
    setupReaders: findSetupReaders(tasks),
    descendants,
    allBelow,
    allAbove,
  };
}

/** Tasks are shared, not copied, wherever they say all by themselves. */
function withRules(task: GraphTask, { defaultTaskRetries }: SystemRules): CompiledTask {
  return task.retries === undefined ? { ...task, retries: defaultTaskRetries } : (task as CompiledTask);
}

function mappedGroupOf(graph: Graph, task: GraphTask): number {
  for (let group = task.group; group !== undefined; group = graph.groups[group].parent) {
    if (graph.groups[group].each) return group;
  }
  return -1;
}

/** A reader is a mapped task's index, or -1 - group for a mapped group. */
function findLengthReaders(graph: Graph): number[][] {
  const readers: number[][] = graph.tasks.map(() => []);
  const add = (reader: number, each: GraphTask["each"]): void => {
    for (const list of each?.sources.flatMap(listsOf) ?? []) if (list.from === "task") readers[list.task].push(reader);
  };
  graph.tasks.forEach((task, index) => add(index, task.each));
  graph.groups.forEach((group, index) => add(-1 - index, group.each));
  return readers;
}

function findMembers(scope: Int32Array): Map<number, number[]> {
  const members = new Map<number, number[]>();
  scope.forEach((group, task) => {
    if (group < 0) return;
    const list = members.get(group);
    if (list) list.push(task);
    else members.set(group, [task]);
  });
  return members;
}

/** Leaves that decide the outcome: no downstream other than teardowns that may fail unnoticed; such teardowns themselves do not count. */
function effectiveLeaves(tasks: readonly GraphTask[], downstream: readonly (readonly DownstreamEdge[])[]): number[] {
  const ignorable = (task: number): boolean => tasks[task].teardown === true && tasks[task].onFailureFailRun !== true;
  const leaves: number[] = [];
  for (let task = 0; task < tasks.length; task += 1) {
    if (!ignorable(task) && downstream[task].every((edge) => ignorable(edge.task))) leaves.push(task);
  }
  return leaves;
}

function findShortCircuits(
  tasks: readonly GraphTask[],
  descendants: (task: number) => ReadonlySet<number>,
): number[][] {
  const guards: number[][] = tasks.map(() => []);
  tasks.forEach((task, index) => {
    if (task.kind !== "shortCircuit") return;
    const direct = task.respectTriggerRules === true;
    if (direct) {
      tasks.forEach(
        (below, d) => below.upstream.some((edge) => edge.task === index) && !below.teardown && guards[d].push(index),
      );
      return;
    }
    for (const d of descendants(index)) if (!tasks[d].teardown) guards[d].push(index);
  });
  return guards;
}

function earliestDeadline(graph: Graph): number | undefined {
  const deadlines = [graph.dag, ...graph.tasks].flatMap((item) => item.deadlineMicros ?? []);
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}

function findSetupReaders(tasks: readonly GraphTask[]): number[][] {
  const readers: number[][] = tasks.map(() => []);
  tasks.forEach((task, index) => task.setups?.forEach((setup) => readers[setup].push(index)));
  return readers;
}

function reach(from: Iterable<number>, next: (task: number) => readonly { readonly task: number }[]): Set<number> {
  const seen = new Set<number>();
  const stack = [...from];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (const { task } of next(at)) {
      if (seen.has(task)) continue;
      seen.add(task);
      stack.push(task);
    }
  }
  return seen;
}

function memo<T>(compute: (task: number) => T): (task: number) => T {
  const known = new Map<number, T>();
  return (task) => {
    let value = known.get(task);
    if (value === undefined) known.set(task, (value = compute(task)));
    return value;
  };
}
