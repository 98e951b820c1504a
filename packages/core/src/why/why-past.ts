import type { GraphTask } from "../graph/graph.ts";
import { isFine, type TaskState } from "../model/states.ts";
import type { InstanceBlocker } from "./blocker.ts";
import type { ReadStates } from "./read-states.ts";
import type { WhyCase } from "./why-case.ts";

type Past = Extract<InstanceBlocker, { kind: "past" }>;

/** What of the run before keeps a task that looks at it (d2: `depends_on_past`, `wait_for_downstream`). */
export function whyPast({ previous }: WhyCase, node: GraphTask, mapIndex: number): readonly Past[] {
  if (!previous || (!node.dependsOnPast && !node.waitForDownstream)) return [];
  const { states, runKey } = previous;
  const before = states.compiled.indexOf.get(node.taskId);
  if (before === undefined) return [];
  const isMapped = states.groups(before).some((group) => group.mapIndex >= 0);
  const own = mapIndex >= 0 && isMapped ? statesAt(states, before, mapIndex) : statesOf(states, before);
  const below = node.waitForDownstream ? states.compiled.downstream[before].map((edge) => edge.task) : [];
  const blocker = (task: number, state: TaskState, isBelow: boolean): Past => ({
    kind: "past",
    runKey,
    taskId: states.compiled.tasks[task].taskId,
    state,
    isBelow,
  });
  return [
    ...own.map((state) => blocker(before, state, false)),
    ...below.flatMap((task) => statesOf(states, task).map((state) => blocker(task, state, true))),
  ];
}

function statesAt(states: ReadStates, task: number, mapIndex: number): readonly TaskState[] {
  if (!states.tellsOf(mapIndex)) return statesOf(states, task);
  const state = states.instance(task, mapIndex)?.state;
  return state === undefined || isFine(state) ? [] : [state];
}

function statesOf(states: ReadStates, task: number): readonly TaskState[] {
  return states
    .groups(task)
    .map((group) => group.state)
    .filter((state) => !isFine(state));
}
