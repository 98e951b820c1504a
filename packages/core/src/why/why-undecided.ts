import { listsOf } from "../graph/lists-of.ts";
import { isTerminal, isFine, type TaskState } from "../model/states.ts";
import { verdictOf } from "../plan/trigger-rule.ts";
import type { InstanceBlocker, TaskStates } from "./blocker.ts";
import type { ReadStates } from "./read-states.ts";
import type { WhyCase } from "./why-case.ts";
import { whyPast } from "./why-past.ts";

/** Why an instance in state `none` is not decided yet: asks what the plan asks, in the same order (see plan/evaluate.ts). */
export function whyUndecided(at: WhyCase, task: number, mapIndex: number): readonly InstanceBlocker[] {
  const { run, states } = at;
  const sweeping = run.obligations.filter((obligation) => obligation.kind !== "expand");
  if (sweeping.length > 0) return sweeping.map((obligation) => ({ kind: "obligation", obligation }));
  const { compiled } = states;
  const group = compiled.scope[task];
  const groupLists = group < 0 ? [] : openLists(states, task, { mapIndex, each: compiled.graph.groups[group].each });
  if (groupLists.length > 0) return [{ kind: "list", tasks: groupLists }];
  const upstream = whyRule(states, task, mapIndex);
  if (upstream) return upstream;
  const past = whyPast(at, compiled.tasks[task], mapIndex);
  if (past.length > 0) return past;
  const lists = openLists(states, task, { mapIndex, each: group < 0 ? compiled.tasks[task].each : undefined });
  return lists.length > 0 ? [{ kind: "list", tasks: lists }] : [{ kind: "nextTick" }];
}

/** @returns undefined when the rule and the setups decide. */
function whyRule(states: ReadStates, task: number, mapIndex: number): readonly InstanceBlocker[] | undefined {
  const node = states.compiled.tasks[task];
  const seen = (upstream: number): TaskStates => states.seenFrom(task, mapIndex, upstream);
  const upstream = node.upstream.map((edge) => seen(edge.task)).filter(isOpenOrBad);
  // Instances of a group that are only counted: theirs cannot be told apart, what all of them wait for can.
  if (!states.tellsOf(mapIndex))
    return upstream.length > 0 ? [{ kind: "upstream", rule: node.triggerRule, tasks: upstream }] : undefined;
  const verdict = verdictOf(node, states.upstreamCounts(task, mapIndex), () => states.setupCounts(task, mapIndex));
  if (verdict !== "wait") return verdict === "run" ? undefined : [{ kind: "nextTick" }];
  const byRule = verdictOf({ triggerRule: node.triggerRule }, states.upstreamCounts(task, mapIndex), () =>
    states.setupCounts(task, mapIndex),
  );
  const isRule = node.teardown === true || byRule === "wait";
  if (isRule) return [{ kind: "upstream", rule: node.triggerRule, tasks: upstream }];
  return [{ kind: "setup", tasks: (node.setups ?? []).map(seen).filter(isOpenOrBad) }];
}

/** Tasks whose results an instance maps over, and that have not ended. */
function openLists(
  states: ReadStates,
  task: number,
  { mapIndex, each }: { readonly mapIndex: number; readonly each: Parameters<typeof sourceTasks>[0] | undefined },
): readonly TaskStates[] {
  return each === undefined
    ? []
    : sourceTasks(each)
        .filter((source) => states.isOpen(source))
        .map((source) => states.seenFrom(task, mapIndex, source));
}

function sourceTasks(each: NonNullable<ReadStates["compiled"]["tasks"][number]["each"]>): readonly number[] {
  const tasks = each.sources.flatMap(listsOf).flatMap((list) => (list.from === "task" ? [list.task] : []));
  return [...new Set(tasks)];
}

/** Tasks with instances that have not ended, or that failed. */
function isOpenOrBad({ states, missing }: TaskStates): boolean {
  return missing > 0 || (Object.keys(states) as TaskState[]).some((state) => !isTerminal(state) || !isFine(state));
}
