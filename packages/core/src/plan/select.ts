import type { CompiledGraph } from "../graph/compiled-graph.ts";
import type { TaskState } from "../model/states.ts";
import type { InstanceSelector } from "../ports/commands.ts";
import type { Cause, Obligation } from "./changes.ts";
import { setState, type Draft } from "./draft.ts";
import { STEP } from "./expand.ts";
import { kill } from "./kill.ts";
import { endRun } from "./outcome.ts";

/** A clear or mark, carried out in steps. */
export type Sweep = Extract<Obligation, { kind: "clear" | "mark" }>;

/** Tasks that a selector means: named, with what is above or below; for a clear also the setups and teardowns whose scope they are in. */
export function selectTasks(
  draft: Draft,
  select: InstanceSelector,
  options: { readonly withScopes: boolean },
): { readonly taskIds: readonly string[] } | { readonly unknown: string } {
  const { compiled } = draft.run;
  const chosen = new Set<number>();
  for (const taskId of select.taskIds ?? compiled.tasks.map((task) => task.taskId)) {
    const task = compiled.indexOf.get(taskId);
    if (task === undefined) return { unknown: taskId };
    chosen.add(task);
  }
  const named = [...chosen];
  if (select.upstream) for (const task of compiled.allAbove(named)) chosen.add(task);
  if (select.downstream) for (const task of compiled.allBelow(named)) chosen.add(task);
  if (options.withScopes) addScopes(compiled, chosen);
  return { taskIds: [...chosen].sort((a, b) => a - b).map((task) => compiled.tasks[task].taskId) };
}

/** Adds the setups in whose scope the chosen tasks are, and the teardowns of those and of chosen setups. */
function addScopes({ tasks }: CompiledGraph, chosen: Set<number>): void {
  const scopes = new Set<number>();
  for (const task of chosen) {
    if (tasks[task].teardown) continue;
    scopes.add(task);
    for (const setup of tasks[task].setups ?? []) scopes.add(setup);
  }
  tasks.forEach((node, task) => {
    if (node.teardown && node.setups?.some((setup) => scopes.has(setup))) chosen.add(task);
  });
  for (const task of scopes) chosen.add(task);
}

/** Begins a clear or mark: its first step now, the rest promised (R1). One at a time: it waits for those that were promised before. */
export function beginSweep(draft: Draft, sweep: Sweep): void {
  draft.recount = true;
  if (draft.head.obligations.some(isSweep)) draft.promise(sweep);
  else carryOutSweep(draft, sweep);
}

/** True for what is left of a clear or mark. */
export function isSweep(obligation: Obligation): obligation is Sweep {
  return obligation.kind === "clear" || obligation.kind === "mark";
}

/**
 * Next step of a clear or mark: at most 2 000 instances. What is done already looks done (cleared = `none`, marked = the wanted state),
 * so a step repeated after a crash changes nothing twice. `next` only counts for people.
 */
export function carryOutSweep(draft: Draft, sweep: Sweep): void {
  draft.recount = true;
  const { compiled } = draft.run;
  const wanted = new Set(sweep.taskIds.map((taskId) => compiled.indexOf.get(taskId)));
  const below = sweep.kind === "clear" ? directlyBelow(compiled, wanted) : undefined;
  let touched = 0;
  let more = sweep.kind === "mark" && isStillBeingMade(draft, wanted);
  for (let slot = 0; slot < draft.length; slot += 1) {
    const task = draft.taskOf(slot);
    const isWanted = task >= 0 && wanted.has(task) && isMeant(draft, slot, sweep);
    if (!isWanted && !(below?.has(task) && isStillToStart(draft, slot))) continue;
    if (touched === STEP) {
      more = true;
      break;
    }
    if (!isWanted) setState(draft, slot, "none");
    else if (sweep.kind === "clear") clear(draft, slot);
    else mark(draft, slot, sweep.state as TaskState, sweep.by);
    touched += 1;
  }
  const others = draft.head.obligations.filter((o) => o !== sweep);
  // First again: what was promised after it must not begin before it has ended.
  draft.setHead({ obligations: more ? [{ ...sweep, next: sweep.next + touched }, ...others] : others });
  const { endsRun } = sweep;
  if (more || !endsRun || draft.head.state === endsRun) return;
  // Nothing happened to the run that anybody should hear of: it is what it was before the clear.
  if (sweep.kind === "clear") draft.setHead({ state: endsRun, endedAt: draft.now, dueAt: null });
  else endRun(draft, endsRun, { code: "MARKED", message: `the run was marked ${endsRun} by ${sweep.by}` });
  // A run that has ended is forgotten: with a command that came after this one it is open again at once.
  if (others.some(isSweep)) reopen(draft);
}

/** Instances that are promised and not made yet are marked like those that are there. */
function isStillBeingMade(draft: Draft, wanted: ReadonlySet<number | undefined>): boolean {
  return draft.head.obligations.some(
    (o) => o.kind === "create" || (o.kind === "expand" && wanted.has(draft.run.compiled.indexOf.get(o.taskId))),
  );
}

/** What waits for a slot below a cleared task is looked at again: its inputs are gone. */
function directlyBelow(compiled: CompiledGraph, tasks: ReadonlySet<number | undefined>): ReadonlySet<number> {
  return new Set(
    [...tasks].flatMap((task) => (task === undefined ? [] : compiled.downstream[task].map((edge) => edge.task))),
  );
}

function isStillToStart(draft: Draft, slot: number): boolean {
  return draft.state(slot) === "scheduled" && draft.read(slot).resume === undefined;
}

function isMeant(draft: Draft, slot: number, sweep: Sweep): boolean {
  const state = draft.state(slot);
  const mapIndex = draft.mapIndexOf(slot);
  if (state === "removed" || (sweep.mapIndexes && mapIndex >= 0 && !sweep.mapIndexes.includes(mapIndex))) return false;
  if (sweep.only === "failed" && state !== "failed" && state !== "upstream_failed") return false;
  if (sweep.only === "running" && state !== "running") return false;
  if (sweep.kind === "clear") return state !== "none" && state !== "restarting";
  return state !== sweep.state;
}

/** Forgets what an instance did, so that it runs again; a running one is stopped first and then starts again. */
function clear(draft: Draft, slot: number): void {
  const before = draft.read(slot);
  kill(draft, slot, "cleared");
  if (before.state === "running") {
    draft.update(slot, { state: "restarting" }, (key, after) => ({
      kind: "set",
      ...key,
      state: "restarting",
      tryNumber: after.tryNumber,
      maxTries: after.maxTries,
      restarts: after.restarts,
      clear: false,
    }));
    return;
  }
  const maxTries = before.tryNumber + draft.run.compiled.tasks[before.task].retries;
  const emptied = {
    dispatchId: undefined,
    dueAt: undefined,
    startedAt: undefined,
    firstStartedAt: undefined,
    resultLength: undefined,
    choice: undefined,
    resume: undefined,
  };
  draft.update(slot, { ...emptied, state: "none", restarts: 0, maxTries }, (key) => ({
    kind: "set",
    ...key,
    state: "none",
    tryNumber: before.tryNumber,
    maxTries,
    restarts: 0,
    clear: true,
  }));
}

function mark(draft: Draft, slot: number, state: TaskState, by: string): void {
  kill(draft, slot, `marked ${state}`);
  const cause: Cause = { code: "MARKED", message: `marked ${state} by ${by}` };
  setState(draft, slot, state, cause);
}

/** After tasks were marked success or failed, failed ones below them run again. */
export function clearFailedBelow(draft: Draft, taskIds: readonly string[]): void {
  const { compiled } = draft.run;
  const marked = new Set(taskIds.map((taskId) => compiled.indexOf.get(taskId) as number));
  for (const task of compiled.allBelow(marked)) {
    if (marked.has(task)) continue;
    for (const slot of draft.slotsOf(task)) {
      if (slot >= 0 && (draft.state(slot) === "failed" || draft.state(slot) === "upstream_failed")) clear(draft, slot);
    }
  }
}

/** A finished run that has work again waits in the queue for its turn. */
export function reopen(draft: Draft): void {
  const { state, clearNumber } = draft.head;
  if (state !== "success" && state !== "failed") return;
  draft.setHead({
    state: "queued",
    startedAt: null,
    endedAt: null,
    queuedAt: draft.now,
    cause: null,
    clearNumber: clearNumber + 1,
  });
}
