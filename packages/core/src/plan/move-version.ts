import type { CompiledGraph } from "../graph/compiled-graph.ts";
import type { Micros } from "../model/instant.ts";
import type { Run } from "../model/run.ts";
import type { InsertChange, RunChanges } from "./changes.ts";
import { Draft } from "./draft.ts";
import { kill } from "./fail-fast.ts";

/** A run's move to another version of its DAG. The run is read anew from its rows after the commit, with the new graph. */
export interface VersionMove {
  readonly draft: Draft;
  readonly changes: RunChanges;
}

/**
 * Plans the move: tasks that vanished become `removed`, new tasks get instances in `none`, a task that is no longer mapped starts over with one
 * instance. Everything else keeps its state. Clearing a run does this first, so that what people fixed is what runs.
 */
export function moveToVersion(run: Run, to: { readonly compiled: CompiledGraph; readonly dagVersion: number }, now: Micros): VersionMove {
  const draft = new Draft(run, now);
  draft.setHead({ dagVersion: to.dagVersion, obligations: [] });
  const from = run.compiled;
  const inserts: InsertChange[] = [];
  const insert = (taskId: string, maxTries: number): void => {
    inserts.push({ kind: "insert", slot: -1, taskId, mapIndex: -1, state: "none", tryNumber: 0, maxTries });
  };
  from.tasks.forEach((node, task) => {
    const next = to.compiled.indexOf.get(node.taskId);
    const isUnmappedNow = next !== undefined && draft.isExpanded(task) && !isMapped(to.compiled, next);
    if (next !== undefined && !isUnmappedNow) return;
    const message = next === undefined ? `version ${to.dagVersion} has no task ${node.taskId}` : `${node.taskId} is not mapped in version ${to.dagVersion}`;
    for (const slot of [...draft.slotsOf(task)]) {
      if (slot < 0 || draft.state(slot) === "removed") continue;
      kill(draft, slot, message);
      draft.drop(slot, "removed", { code: "TASK_GONE", message });
    }
    if (isUnmappedNow) insert(node.taskId, node.retries);
  });
  for (const node of to.compiled.tasks) if (!from.indexOf.has(node.taskId)) insert(node.taskId, node.retries);
  const changes = draft.toChanges();
  return { draft, changes: { ...changes, instances: [...changes.instances, ...inserts] } };
}

function isMapped(compiled: CompiledGraph, task: number): boolean {
  return compiled.tasks[task].each !== undefined || compiled.scope[task] >= 0;
}
