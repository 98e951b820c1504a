import type { CompiledGraph } from "../graph/compiled-graph.ts";
import type { GraphEach, GraphEachSource, GraphList } from "../graph/graph.ts";
import { listsOf } from "../graph/lists-of.ts";
import { OUTCOME, OUTCOMES } from "../model/run.ts";
import { setState, type Draft } from "./draft.ts";
import { kill } from "./kill.ts";

/** Instances created in one commit at most (R1); the rest is an obligation. */
export const STEP = 2_000;

/**
 * Number of instances of a mapping.
 *
 * @returns undefined while a source has not finished; for a mapped source its successful instances count.
 */
function mappedLength(draft: Draft, each: GraphEach): number | undefined {
  const lengths: number[] = [];
  for (const source of each.sources) {
    const length = sourceLength(draft, source);
    if (length === undefined) return undefined;
    lengths.push(length);
  }
  switch (each.mode) {
    case "product":
      return lengths.reduce((product, length) => product * length, 1);
    case "zip":
      return Math.min(...lengths);
    case "zipLongest":
      return Math.max(...lengths);
    default:
      throw new Error(`unreachable: ${each.mode satisfies never}`);
  }
}

function sourceLength(draft: Draft, source: GraphEachSource): number | undefined {
  let sum = 0;
  for (const list of listsOf(source)) {
    const length = listLength(draft, list);
    if (length === undefined) return undefined;
    sum += length;
  }
  return sum;
}

function listLength(draft: Draft, list: GraphList): number | undefined {
  switch (list.from) {
    case "literal":
      return list.length;
    case "param":
      return paramLength(draft.run.compiled, draft.head.conf, list.param);
    case "task": {
      const slots = draft.slotsOf(list.task);
      if (draft.isExpanded(list.task)) {
        return endedCount(draft, list.task) < draft.expectedOf(list.task)
          ? undefined
          : draft.doneCount(list.task, OUTCOME.success);
      }
      const slot = slots[0];
      const state = slot === undefined ? "removed" : draft.state(slot);
      if (state === "success") return draft.read(slot).resultLength ?? 0;
      return state === "skipped" || state === "failed" || state === "upstream_failed" || state === "removed"
        ? 0
        : undefined;
    }
    default:
      throw new Error(`unreachable: ${list satisfies never}`);
  }
}

/** Instances of a task that have ended in any way. */
export function endedCount(draft: Draft, task: number): number {
  let ended = 0;
  for (let outcome = 0; outcome < OUTCOMES; outcome += 1) ended += draft.doneCount(task, outcome);
  return ended;
}

/** The conf that was parsed last: every instance of a mapped task asks for the same. */
let parsed: { readonly conf: string; readonly given: Readonly<Record<string, unknown>> } = { conf: "{}", given: {} };

/** Elements of a param of the run that is mapped over: the trigger conf comes before the DAG's default, unless the rules say that it overrides nothing. */
export function paramLength({ graph, rules }: CompiledGraph, text: string | null, param: string): number {
  const conf = rules.confOverridesParams ? text : null;
  if (conf !== null && conf !== parsed.conf)
    parsed = { conf, given: JSON.parse(conf) as Readonly<Record<string, unknown>> };
  const given = conf === null ? {} : parsed.given;
  const value = param in given ? given[param] : graph.dag.params[param]?.default;
  if (Array.isArray(value)) return value.length;
  return value !== null && typeof value === "object" ? Object.keys(value).length : 0;
}

/**
 * Called when the rule of an instance says run. A mapped task's placeholder turns into its instances.
 *
 * @returns ready: it can start. wait: a source is not there yet. settled: nothing to map over, or the index is gone. Else slots to evaluate.
 */
export function expandTaskBeforeRun(draft: Draft, slot: number): "ready" | "wait" | "settled" | readonly number[] {
  const task = draft.taskOf(slot);
  const { each } = draft.run.compiled.tasks[task];
  if (draft.run.compiled.scope[task] >= 0) return draft.mapIndexOf(slot) >= 0 ? "ready" : nothingToMap(draft, slot);
  if (!each) return "ready";
  const length = mappedLength(draft, each);
  if (length === undefined) return "wait";
  if (length > draft.run.compiled.rules.maxMapLength) return tooManyToMap(draft, slot, length);
  if (draft.isExpanded(task))
    return length === draft.expectedOf(task) ? "ready" : resize(draft, task, { length, step: STEP });
  return length === 0 ? nothingToMap(draft, slot) : expandTask(draft, task, { length, step: STEP });
}

/**
 * Brings the instances of a mapped group in line with its list, all its tasks together, before any of them is evaluated.
 *
 * @returns wait: the list is not there yet. unchanged: nothing to do. settled: it cannot be mapped. Else slots to evaluate.
 */
export function reconcileGroup(draft: Draft, slot: number): "wait" | "unchanged" | "settled" | readonly number[] {
  const { compiled } = draft.run;
  const group = compiled.scope[draft.taskOf(slot)];
  if (group < 0) return "unchanged";
  const length = mappedLength(draft, compiled.graph.groups[group].each as GraphEach);
  if (length === undefined) return "wait";
  if (length > draft.run.compiled.rules.maxMapLength) return tooManyToMap(draft, slot, length);
  const members = compiled.members.get(group) ?? [];
  const step = Math.max(1, Math.floor(STEP / members.length));
  let touched: number[] | undefined;
  for (const member of members) {
    const isExpanded = draft.isExpanded(member);
    if (isExpanded ? draft.expectedOf(member) === length : length === 0) continue;
    touched ??= [];
    for (const s of isExpanded ? resize(draft, member, { length, step }) : expandTask(draft, member, { length, step }))
      touched.push(s);
  }
  return touched ?? "unchanged";
}

function nothingToMap(draft: Draft, slot: number): "settled" {
  setState(draft, slot, "skipped", { code: "NOTHING_TO_MAP", message: "the list it maps over is empty" });
  return "settled";
}

/** Lists are bounded where they are made; a product of several may still be too long. */
function tooManyToMap(draft: Draft, slot: number, length: number): "settled" {
  const most = draft.run.compiled.rules.maxMapLength;
  const message = `it would have ${length} instances, more than the ${most} that a mapped task may have (core.maxMapLength)`;
  setState(draft, slot, "failed", { code: "TOO_MANY_TO_MAP", message });
  return "settled";
}

/** How many instances a mapping has, and how many of them are made at once. */
interface Size {
  readonly length: number;
  readonly step: number;
}

function expandTask(draft: Draft, task: number, { length, step }: Size): readonly number[] {
  const placeholder = draft.slotOf(task, -1);
  if (placeholder >= 0) {
    // It has a dispatch when the task was not mapped in the version before.
    kill(draft, placeholder, "it is mapped now");
    draft.drop(placeholder, "delete");
  }
  draft.reshape().single.set(task, -1);
  expect(draft, task, length);
  draft.reshape().mapped.set(task, []);
  return createInstances(draft, task, Math.min(length, step));
}

/** Instances that the run will have of a task; whoever waits for all of them waits for so many. */
function expect(draft: Draft, task: number, length: number): void {
  const delta = length - draft.expectedOf(task);
  draft.reshape().expected.set(task, length);
  for (const edge of draft.run.compiled.downstream[task]) {
    if (!edge.sameIndex) draft.deltas.upTotal.add(edge.task, delta);
  }
}

/** Creates instances up to map index `end` and promises those that are missing still. */
export function createInstances(draft: Draft, task: number, end: number): readonly number[] {
  const { taskId, retries: maxTries } = draft.run.compiled.tasks[task];
  const slots = draft.shape?.mapped.get(task) ?? [...(draft.run.mapped.get(task) ?? [])];
  const created: number[] = [];
  for (let mapIndex = slots.length; mapIndex < end; mapIndex += 1) {
    const slot = draft.add({ task, mapIndex, state: "none", tryNumber: 0, maxTries });
    slots.push(slot);
    created.push(slot);
  }
  draft.reshape().mapped.set(task, slots);
  const others = draft.head.obligations.filter((o) => o.kind !== "expand" || o.taskId !== taskId);
  const total = draft.expectedOf(task);
  if (end < total) draft.setHead({ obligations: [...others, { kind: "expand", taskId, total, next: end }] });
  else if (others.length < draft.head.obligations.length) draft.setHead({ obligations: others });
  return created;
}

/** A mapping that ran before has a list of another length now: indexes beyond it are removed, missing ones are made. */
function resize(draft: Draft, task: number, { length, step }: Size): readonly number[] {
  const slots = [...draft.slotsOf(task)];
  const message = `the list it maps over has ${length} elements now`;
  for (const gone of slots.splice(length)) {
    kill(draft, gone, message);
    draft.drop(gone, "removed", { code: "INDEX_GONE", message });
  }
  expect(draft, task, Math.max(length, 1));
  if (length === 0) return [makePlaceholder(draft, task)];
  draft.reshape().mapped.set(task, slots);
  createInstances(draft, task, Math.min(length, slots.length + step));
  return [...slots.filter((slot) => draft.state(slot) === "none"), ...joinsBelow(draft, task)];
}

function makePlaceholder(draft: Draft, task: number): number {
  const { taskId, retries } = draft.run.compiled.tasks[task];
  const placeholder = draft.add({ task, mapIndex: -1, state: "none", tryNumber: 0, maxTries: retries });
  draft.reshape().mapped.delete(task);
  draft.reshape().single.set(task, placeholder);
  const others = draft.head.obligations.filter((o) => o.kind !== "expand" || o.taskId !== taskId);
  if (others.length < draft.head.obligations.length) draft.setHead({ obligations: others });
  return placeholder;
}

/** Whoever waits for all instances may have waited for those alone that are gone now. */
function joinsBelow(draft: Draft, task: number): readonly number[] {
  return draft.run.compiled.downstream[task].flatMap((edge) =>
    edge.sameIndex ? [] : [...draft.slotsOf(edge.task)].filter((slot) => slot >= 0),
  );
}
