import type { CompiledGraph } from "../graph/compiled-graph.ts";
import type { Micros } from "../model/instant.ts";
import { stateCode, type Run } from "../model/run.ts";
import type { InsertChange, Obligation, RunChanges } from "./changes.ts";
import { firstState } from "./create-run.ts";
import { Draft } from "./draft.ts";
import { STEP } from "./expand.ts";
import { kill } from "./kill.ts";

/** A run's move to another version of its DAG. The run is read anew from its rows after the commit, with the new graph. */
export interface VersionMove {
  readonly draft: Draft;
  readonly changes: RunChanges;
}

/**
 * Plans the move: tasks that vanished become `removed`, new tasks get instances in `none` (beyond 2 000 by an obligation, R1), a task that is no
 * longer mapped starts over with one instance. Everything else keeps its state, and what was promised for it is still carried out. Clearing a run
 * does this first, so that what people fixed is what runs.
 */
export function moveToVersion(
  run: Run,
  to: { readonly compiled: CompiledGraph; readonly dagVersion: number },
  now: Micros,
): VersionMove {
  const draft = new Draft(run, now);
  const missing: number[] = [];
  to.compiled.tasks.forEach((node, next) => {
    const task = run.compiled.indexOf.get(node.taskId);
    if (task === undefined || run.slotsOf(task).length === 0 || isUnmappedBy(run, task, to.compiled, next))
      missing.push(next);
  });
  run.compiled.tasks.forEach((node, task) => {
    const next = to.compiled.indexOf.get(node.taskId);
    if (next === undefined) removeInstances(draft, task, `version ${to.dagVersion} has no task ${node.taskId}`);
    else if (isUnmappedBy(run, task, to.compiled, next))
      removeInstances(draft, task, `${node.taskId} is not mapped in version ${to.dagVersion}`);
  });
  const inserts = missing.slice(0, STEP).map((next) => newInstance(to.compiled, next, run.head.logicalDate));
  draft.setHead({ dagVersion: to.dagVersion, obligations: stillPromised(run, to.compiled, missing.length > STEP) });
  const changes = draft.toChanges();
  const counts = [...changes.counts];
  for (const { state } of inserts) counts[stateCode(state)] += 1;
  return { draft, changes: { ...changes, counts, instances: [...changes.instances, ...inserts] } };
}

function removeInstances(draft: Draft, task: number, message: string): void {
  for (const slot of [...draft.slotsOf(task)]) {
    if (slot < 0 || draft.state(slot) === "removed") continue;
    kill(draft, slot, message);
    draft.drop(slot, "removed", { code: "TASK_GONE", message });
  }
}

function newInstance(compiled: CompiledGraph, task: number, logicalDate: Micros): InsertChange {
  const node = compiled.tasks[task];
  return {
    kind: "insert",
    slot: -1,
    taskId: node.taskId,
    mapIndex: -1,
    state: firstState(node, logicalDate),
    tryNumber: 0,
    maxTries: node.retries,
  };
}

function stillPromised(run: Run, compiled: CompiledGraph, isCreating: boolean): readonly Obligation[] {
  const kept = run.head.obligations.filter((o) => {
    if (o.kind !== "expand") return o.kind !== "create";
    const task = compiled.indexOf.get(o.taskId);
    return task !== undefined && isMapped(compiled, task);
  });
  return isCreating ? [...kept, { kind: "create", next: 0 }] : kept;
}

function isUnmappedBy(run: Run, task: number, compiled: CompiledGraph, next: number): boolean {
  return run.mapped.has(task) && !isMapped(compiled, next);
}

function isMapped(compiled: CompiledGraph, task: number): boolean {
  return compiled.tasks[task].each !== undefined || compiled.scope[task] >= 0;
}
