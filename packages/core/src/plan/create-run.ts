import type { CompiledGraph } from "../graph/compiled-graph.ts";
import type { GraphTask } from "../graph/graph.ts";
import type { Micros } from "../model/instant.ts";
import { Run, type RunHead } from "../model/run.ts";
import type { NewRun, Obligation, RunChanges } from "./changes.ts";
import { Draft } from "./draft.ts";
import { evaluateAll, type PastStates } from "./evaluate.ts";
import { STEP } from "./expand.ts";
import { decideOutcome } from "./outcome.ts";
import { planNextLook } from "./next-look.ts";

/** How a run comes to be. */
export interface CreateRunOptions {
  readonly runId: number;
  readonly newRun: NewRun;
  readonly compiled: CompiledGraph;
  readonly now: Micros;
  /** Limits allow it to begin at once. */
  readonly start: boolean;
  readonly past?: PastStates;
}

/** Plans a new run with an instance per task (R1: at most 2 000 in this commit). The run becomes real when the draft is applied. */
export function createRun(options: CreateRunOptions): { readonly run: Run; readonly draft: Draft } {
  const { newRun, compiled, now } = options;
  const { assetEventIds: _events, note: _note, onlyTasks, ...head } = newRun;
  const run = new Run(
    {
      ...head,
      runId: options.runId,
      version: 0,
      state: "queued",
      clearNumber: 0,
      deadlineMissed: false,
      obligations: [],
    },
    compiled,
  );
  const draft = new Draft(run, now);
  draft.setHead({ queuedAt: now });
  createTasks(draft, { next: 0, ...(onlyTasks && { onlyTasks }) });
  if (options.start) start(draft, options.past);
  planNextLook(draft, false);
  return { run, draft };
}

type Creation = Pick<Extract<Obligation, { kind: "create" }>, "next" | "onlyTasks">;

/** Creates instances of tasks from `next` on, where there are none yet, and promises the rest. */
export function createTasks(draft: Draft, { next, onlyTasks }: Creation): void {
  const { tasks } = draft.run.compiled;
  const wanted = onlyTasks && new Set(onlyTasks);
  const end = Math.min(tasks.length, next + STEP);
  for (let task = next; task < end; task += 1) {
    const node = tasks[task];
    if (draft.slotsOf(task).length > 0) continue;
    draft.reshape().single.set(
      task,
      draft.add({
        task,
        mapIndex: -1,
        state: wanted?.has(node.taskId) === false ? "removed" : firstState(node, draft.head.logicalDate),
        tryNumber: 0,
        maxTries: node.retries,
      }),
    );
  }
  const others = draft.head.obligations.filter((o) => o.kind !== "create");
  if (end < tasks.length)
    draft.setHead({ obligations: [...others, { kind: "create", next: end, ...(onlyTasks && { onlyTasks }) }] });
  else if (others.length < draft.head.obligations.length) draft.setHead({ obligations: others });
}

/** A task is not part of runs outside its own bounds. */
export function firstState(node: GraphTask, logicalDate: Micros): "none" | "removed" {
  return (node.start !== undefined && logicalDate < node.start) || (node.end !== undefined && logicalDate > node.end)
    ? "removed"
    : "none";
}

/** True when nothing but limits keeps a run from beginning: one that was asked for with a later date waits for it. */
export function mayBegin(head: Pick<RunHead, "state" | "runAfter">, now: Micros): boolean {
  return head.state === "queued" && head.runAfter <= now;
}

/** The run begins: its first tasks become ready. */
export function start(draft: Draft, past?: PastStates): void {
  if (!mayBegin(draft.head, draft.now)) return;
  draft.setHead({ state: "running", startedAt: draft.now });
  evaluateAll(draft, past);
  decideOutcome(draft);
}

/** The changes of a draft that creates its run. */
export function toCreation(draft: Draft, newRun: NewRun): RunChanges {
  return { ...draft.toChanges(), created: newRun };
}
