import { OUTCOME, outcomeOf } from "../model/run.ts";
import type { GraphEdge } from "../graph/graph.ts";
import type { Cause } from "./changes.ts";
import { setState, type Draft } from "./draft.ts";
import { endedCount, expandTaskBeforeRun, reconcileGroup } from "./expand.ts";
import { verdictOf, type SetupCounts, type Verdict } from "./trigger-rule.ts";

/** What the plan must know about the previous run of the DAG (depends_on_past). */
export interface PastStates {
  /** False: the instance has to wait; `why` is what a person reads. */
  check(
    task: number,
    mapIndex: number,
  ): { readonly satisfied: true } | { readonly satisfied: false; readonly why: string };
}

/**
 * Looks at one instance in state `none` and decides: ready, skipped, upstream_failed, or nothing yet. O(1) but for branches above.
 * Consequences (its own downstream) follow at once, so that a cascade is one commit.
 */
export function evaluate(draft: Draft, slot: number, past?: PastStates): void {
  if (draft.isHeld) return;
  const work = [slot];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if (draft.state(next) !== "none" || draft.taskOf(next) < 0) continue;
    const before = draft.state(next);
    decide(draft, next, past, work);
    if (draft.state(next) !== before && isSettled(draft, next)) pushDownstream(draft, next, work);
  }
}

/** Evaluates what stands below an instance that has just ended. */
export function evaluateDownstream(draft: Draft, slot: number, past?: PastStates): void {
  const work: number[] = [];
  pushDownstream(draft, slot, work);
  for (let next = work.pop(); next !== undefined; next = work.pop()) evaluate(draft, next, past);
}

/** Evaluates every instance: at a run's start, and after counters were derived anew. */
export function evaluateAll(draft: Draft, past?: PastStates): void {
  for (let task = 0; task < draft.run.compiled.tasks.length; task += 1) {
    for (const slot of [...draft.slotsOf(task)]) if (slot >= 0) evaluate(draft, slot, past);
  }
}

/** A placeholder that gave way to its instances is `removed` here: it says nothing to what is below. */
function isSettled(draft: Draft, slot: number): boolean {
  const state = draft.state(slot);
  return state === "success" || state === "skipped" || state === "failed" || state === "upstream_failed";
}

function pushDownstream(draft: Draft, slot: number, work: number[]): void {
  const { compiled } = draft.run;
  const task = draft.taskOf(slot);
  const mapIndex = draft.mapIndexOf(slot);
  const group = compiled.scope[task];
  const isNews = isNewsToAll(draft, slot);
  const push = (below: number): void => {
    if (group >= 0 && group === compiled.scope[below]) {
      const same = draft.slotOf(below, mapIndex);
      if (same >= 0) work.push(same);
    } else if (isNews) for (const s of draft.slotsOf(below)) if (s >= 0) work.push(s);
  };
  for (const edge of compiled.downstream[task]) push(edge.task);
  for (const reader of compiled.setupReaders[task]) push(reader);
  // A mapped group waits for its list with all its tasks, whatever else is above them.
  for (const reader of compiled.lengthReaders[task]) {
    if (reader < 0) for (const member of compiled.members.get(-1 - reader) ?? []) push(member);
  }
  if (compiled.tasks[task].kind !== "shortCircuit" || draft.read(slot).choice === undefined) return;
  for (const below of compiled.descendants(task)) push(below);
}

/**
 * False for one of many instances that ended like another before it, while more are still to end: outside of its mapped group that changes
 * nothing. Rules and setups ask whether any ended like this and whether all have ended, lists and choices only the latter. Else each of
 * 10 000 instances would have each of 10 000 below it looked at.
 */
function isNewsToAll(draft: Draft, slot: number): boolean {
  const task = draft.taskOf(slot);
  const alike = draft.doneCount(task, outcomeOf(draft.state(slot)));
  return alike <= 1 || endedCount(draft, task) >= draft.expectedOf(task);
}

function decide(draft: Draft, slot: number, past: PastStates | undefined, work: number[]): void {
  const group = reconcileGroup(draft, slot);
  if (group === "wait" || group === "settled") return;
  if (group !== "unchanged") {
    for (const created of group) work.push(created);
    return;
  }
  const skip = skippedAbove(draft, slot);
  if (skip) {
    skipAfterPast(draft, slot, past, skip);
    return;
  }
  const verdict = ruleVerdict(draft, slot);
  switch (verdict) {
    case "wait":
      return;
    case "skipped":
      skipAfterPast(draft, slot, past, {
        code: "UPSTREAM_SKIPPED",
        message: `skipped by the trigger rule ${ruleOf(draft, slot)}`,
      });
      return;
    case "upstream_failed":
      setState(draft, slot, "upstream_failed", {
        code: "UPSTREAM_FAILED",
        message: `an upstream task did not succeed (trigger rule ${ruleOf(draft, slot)})`,
      });
      return;
    case "run":
      run(draft, slot, past, work);
      return;
    default:
      throw new Error(`unreachable: ${verdict satisfies never}`);
  }
}

/** Skips at once, or, for a task that says so, when the previous run allows: its skip says to the next run that all before it is done. */
function skipAfterPast(draft: Draft, slot: number, past: PastStates | undefined, cause: Cause): void {
  const node = draft.run.compiled.tasks[draft.taskOf(slot)];
  if (node.waitForPastBeforeSkipping && isHeldByPast(draft, slot, past)) return;
  setState(draft, slot, "skipped", cause);
}

function isHeldByPast(draft: Draft, slot: number, past: PastStates | undefined): boolean {
  const task = draft.taskOf(slot);
  const node = draft.run.compiled.tasks[task];
  if (!node.dependsOnPast && !node.waitForDownstream) return false;
  return past !== undefined && !past.check(task, draft.mapIndexOf(slot)).satisfied;
}

/** The rule says run: what is left is the previous run and, for a mapped task, how many of it there are. */
function run(draft: Draft, slot: number, past: PastStates | undefined, work: number[]): void {
  if (isHeldByPast(draft, slot, past)) return;
  const expansion = expandTaskBeforeRun(draft, slot);
  if (expansion === "ready") becomeReady(draft, slot);
  else if (expansion !== "wait" && expansion !== "settled") for (const created of expansion) work.push(created);
}

/** Ready: empty tasks succeed on the spot, all others wait for a slot. */
export function becomeReady(draft: Draft, slot: number): void {
  const task = draft.run.compiled.tasks[draft.taskOf(slot)];
  const needsWorker = task.kind !== "empty" || task.callbacks.length > 0 || task.outlets.length > 0;
  if (needsWorker) {
    setState(draft, slot, "scheduled");
    draft.ready.add(slot);
    return;
  }
  draft.update(slot, { state: "success", tryNumber: draft.read(slot).tryNumber + 1 }, (key, after) => ({
    kind: "set",
    ...key,
    state: "success",
    tryNumber: after.tryNumber,
    maxTries: after.maxTries,
    restarts: after.restarts,
    endedAt: draft.now,
    clear: false,
  }));
}

function ruleOf(draft: Draft, slot: number): string {
  return draft.run.compiled.tasks[draft.taskOf(slot)].triggerRule;
}

function ruleVerdict(draft: Draft, slot: number): Verdict {
  const { compiled } = draft.run;
  const task = draft.taskOf(slot);
  const hasSame = compiled.sameIndexUpstream[task] > 0;
  const count = (outcome: number): number =>
    draft.upCount(task, outcome) + (hasSame ? draft.sameIndexCount(slot, outcome) : 0);
  return verdictOf(
    compiled.tasks[task],
    {
      total: draft.upTotal(task) + compiled.sameIndexUpstream[task] - count(OUTCOME.removed),
      success: count(OUTCOME.success),
      skipped: count(OUTCOME.skipped),
      failed: count(OUTCOME.failed),
      upstreamFailed: count(OUTCOME.upstreamFailed),
    },
    () => setupCounts(draft, slot),
  );
}

function setupCounts(draft: Draft, slot: number): SetupCounts {
  const { compiled } = draft.run;
  const task = draft.taskOf(slot);
  const counts = { total: 0, success: 0, skipped: 0, failed: 0 };
  for (const setup of compiled.tasks[task].setups ?? []) {
    const isSameIndex = compiled.scope[task] >= 0 && compiled.scope[task] === compiled.scope[setup];
    const same = isSameIndex ? draft.slotOf(setup, draft.mapIndexOf(slot)) : -1;
    const count = (outcome: number): number =>
      isSameIndex ? Number(same >= 0 && outcomeOf(draft.state(same)) === outcome) : draft.doneCount(setup, outcome);
    // As for trigger rules, a removed setup is left out: it would be waited for without end.
    counts.total += (isSameIndex ? Number(same >= 0) : draft.expectedOf(setup)) - count(OUTCOME.removed);
    counts.success += count(OUTCOME.success);
    counts.skipped += count(OUTCOME.skipped);
    counts.failed += count(OUTCOME.failed) + count(OUTCOME.upstreamFailed);
  }
  return counts;
}

/**
 * A branch that did not choose this task, or a short circuit, skips it whatever its trigger rule says. Looked up from the stored choices,
 * so a task cleared later is skipped again.
 */
function skippedAbove(draft: Draft, slot: number): Cause | undefined {
  const { compiled } = draft.run;
  const task = draft.taskOf(slot);
  for (const edge of compiled.tasks[task].upstream) {
    if (edge.choices && isNotChosen(draft, slot, edge)) {
      return { code: "BRANCH_NOT_CHOSEN", message: `the branch ${compiled.tasks[edge.task].taskId} chose another way` };
    }
  }
  for (const guard of compiled.shortCircuits[task]) {
    const guards = succeededAbove(draft, slot, guard);
    if (guards?.isAll && guards.slots.every((s) => draft.read(s).choice?.length === 0)) {
      return { code: "SHORT_CIRCUIT", message: `${compiled.tasks[guard].taskId} ended the run's way here` };
    }
  }
  return undefined;
}

interface Succeeded {
  readonly slots: readonly number[];
  /** None of its instances ended in another way. */
  readonly isAll: boolean;
}

/**
 * The instances of an upstream task that speak for this one and succeeded: its own index in a mapped group, else all of them.
 *
 * @returns undefined while one of them has not ended (what it says may still change the answer), and when none succeeded. O(1) until then.
 */
function succeededAbove(draft: Draft, slot: number, upstream: number): Succeeded | undefined {
  const { scope } = draft.run.compiled;
  const task = draft.taskOf(slot);
  if (scope[task] >= 0 && scope[task] === scope[upstream]) {
    const same = draft.slotOf(upstream, draft.mapIndexOf(slot));
    return same >= 0 && draft.state(same) === "success" ? { slots: [same], isAll: true } : undefined;
  }
  const expected = draft.expectedOf(upstream);
  const success = draft.doneCount(upstream, OUTCOME.success);
  if (success === 0 || endedCount(draft, upstream) < expected) return undefined;
  const slots =
    success === 1 && expected === 1
      ? draft.slotsOf(upstream)
      : [...draft.slotsOf(upstream)].filter((s) => s >= 0 && draft.state(s) === "success");
  return { slots: [...slots], isAll: success === expected };
}

function isNotChosen(draft: Draft, slot: number, edge: GraphEdge): boolean {
  const { compiled } = draft.run;
  const branches = succeededAbove(draft, slot, edge.task);
  if (!branches) return false;
  const choices = branches.slots.map((s) => draft.read(s).choice);
  // Marked a success by hand: nothing was chosen, so nothing was ruled out.
  if (choices.includes(undefined)) return false;
  const chosen = new Set(choices.flatMap((choice) => choice ?? []));
  if (edge.choices?.some((key) => chosen.has(key))) return false;
  const task = draft.taskOf(slot);
  // A task that a chosen way also leads to is decided by its own rule (a join below both ways).
  return !compiled.downstream[edge.task].some(
    (other) =>
      other.task !== task &&
      other.choices?.some((key) => chosen.has(key)) &&
      compiled.descendants(other.task).has(task),
  );
}
