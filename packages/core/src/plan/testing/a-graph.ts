import { compileGraph, type CompiledGraph } from "../../graph/compiled-graph.ts";
import type { Graph, GraphDag, GraphEach, GraphList, GraphTask } from "../../graph/graph.ts";
import { MICROS } from "../../model/instant.ts";

/** A list to map over: a length, the task whose result it is, a param of the run, or several one after the other. */
export type ListSpec = number | string | { readonly param: string } | { readonly concat: readonly (number | string)[] };

/** A task as tests write it: everything that is not said has its default. */
export interface TaskSpec extends Partial<Omit<GraphTask, "taskId" | "upstream" | "setups" | "group" | "each">> {
  readonly taskId: string;
  /** Ids of tasks above; `route:key` (or `route:a|b`) follows a choice. */
  readonly after?: readonly string[];
  readonly setups?: readonly string[];
  /** Id of its group. */
  readonly group?: string;
  readonly over?: ListSpec | readonly ListSpec[];
  readonly mode?: GraphEach["mode"];
}

/** A group; mapped when it has a list. */
export interface GroupSpec {
  readonly groupId: string;
  readonly parent?: string;
  readonly over?: ListSpec | readonly ListSpec[];
  readonly mode?: GraphEach["mode"];
}

/** What a test says of its DAG. */
export interface GraphSpec extends Partial<GraphDag> {
  readonly groups?: readonly GroupSpec[];
}

/** A task with the defaults of the DSL, and no wait before retries. */
export function aTask(taskId: string, spec: Omit<TaskSpec, "taskId"> = {}): TaskSpec {
  return { ...spec, taskId };
}

/** A graph of tasks that are given in topological order. Lists of tasks become data edges, as in the DSL. */
export function aGraph(specs: readonly TaskSpec[], { groups = [], ...dag }: GraphSpec = {}): Graph {
  const indexOf = (taskId: string): number => {
    const index = specs.findIndex((spec) => spec.taskId === taskId);
    if (index < 0) throw new Error(`the graph has no task ${taskId}`);
    return index;
  };
  const groupOf = (groupId: string): number => groups.findIndex((group) => group.groupId === groupId);
  const eachOf = ({ over, mode }: Pick<GroupSpec, "over" | "mode">): GraphEach | undefined => {
    if (over === undefined) return undefined;
    const lists = Array.isArray(over) ? (over as readonly ListSpec[]) : [over as ListSpec];
    return { mode: mode ?? "product", sources: lists.map((list, i) => sourceOf(`e${i}`, list, indexOf)) };
  };
  return {
    dagId: "d",
    dag: { ...DAG, ...dag },
    tasks: specs.map((spec) => {
      const { after = [], setups, group, over, mode, ...rest } = spec;
      const each = eachOf({ over, mode });
      return {
        ...TASK,
        triggerRule: rest.teardown ? "all_done_setup_success" : "all_success",
        ...rest,
        upstream: edgesOf([...after, ...listTasks(over), ...(rest.teardown ? (setups ?? []) : [])], indexOf),
        ...(setups && { setups: setups.map(indexOf) }),
        ...(group !== undefined && { group: groupOf(group) }),
        ...(each && { each }),
      };
    }),
    groups: groups.map((spec) => {
      const each = eachOf(spec);
      return {
        groupId: spec.groupId,
        prefix: false,
        ...(spec.parent !== undefined && { parent: groupOf(spec.parent) }),
        ...(each && { each }),
      };
    }),
  };
}

/** Like {@link aGraph}, compiled. */
export function aCompiledGraph(specs: readonly TaskSpec[], spec: GraphSpec = {}): CompiledGraph {
  return compileGraph(aGraph(specs, spec));
}

/** Tasks that a list comes from. */
function listTasks(over: TaskSpec["over"]): readonly string[] {
  const lists = Array.isArray(over) ? (over as readonly ListSpec[]) : [over as ListSpec | undefined];
  return lists
    .flatMap((list): readonly unknown[] => (typeof list === "object" && "concat" in list ? list.concat : [list]))
    .filter((list) => typeof list === "string");
}

function edgesOf(after: readonly string[], indexOf: (taskId: string) => number): GraphTask["upstream"] {
  const edges = new Map<number, string[] | undefined>();
  for (const text of after) {
    const [taskId, keys] = text.split(":");
    const task = indexOf(taskId);
    edges.set(task, keys === undefined ? edges.get(task) : [...(edges.get(task) ?? []), ...keys.split("|")]);
  }
  return [...edges]
    .sort(([a], [b]) => a - b)
    .map(([task, choices]) => ({ task, via: "data", ...(choices && { choices }) }));
}

function sourceOf(name: string, list: ListSpec, indexOf: (taskId: string) => number): GraphEach["sources"][number] {
  if (typeof list !== "object") return { name, ...listOf(list, indexOf) };
  return "param" in list
    ? { name, from: "param", param: list.param }
    : { name, from: "concat", parts: list.concat.map((part) => listOf(part, indexOf)) };
}

function listOf(list: number | string, indexOf: (taskId: string) => number): GraphList {
  return typeof list === "number" ? { from: "literal", length: list } : { from: "task", task: indexOf(list) };
}

const DAG: GraphDag = {
  tags: [],
  schedule: { kind: "none" },
  catchup: false,
  maxActiveRuns: 16,
  maxActiveTasks: 16,
  maxConsecutiveFailedRuns: 0,
  failFast: false,
  params: {},
  callbacks: [],
};

const TASK: Omit<GraphTask, "taskId" | "upstream" | "triggerRule"> = {
  operator: "FunctionOperator",
  owner: "airflow",
  kind: "task",
  retries: 0,
  retryDelayMicros: 5 * MICROS.m,
  exponentialBackoff: false,
  dependsOnPast: false,
  waitForDownstream: false,
  pool: "default_pool",
  poolSlots: 1,
  priorityWeight: 1,
  weightRule: "downstream",
  priority: 1,
  queue: "default",
  inputs: {},
  inlets: [],
  outlets: [],
  callbacks: [],
  isolation: "shared",
  singleAttempt: false,
  templated: [],
  pushesResult: true,
};
