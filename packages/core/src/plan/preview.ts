import { parseConf } from "../params/parse-conf.ts";
import type { CompiledGraph } from "../graph/compiled-graph.ts";
import type { Micros } from "../model/instant.ts";
import { loadRun, type Instance, type Run } from "../model/run.ts";
import type { RunState, TaskState } from "../model/states.ts";
import { resolveParams } from "../params/resolve-params.ts";
import type { Command } from "../ports/commands.ts";
import { MillraceError } from "../errors.ts";
import { planClear, planMarkRun, planMarkTasks } from "./commands.ts";
import { createRun, createTasks } from "./create-run.ts";
import { Draft } from "./draft.ts";
import type { Refusal } from "./events.ts";
import { moveToVersion } from "./move-version.ts";
import { carryOutSweep, isSweep } from "./select.ts";

/** A task instance that a command would change; `from` is null when it would be made. */
export interface PreviewedInstance {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly from: TaskState | null;
  readonly to: TaskState;
}

/** What a command would do, all of it: also what the engine would do in several steps (R1). */
export interface Preview {
  /** By task in the order of the graph, then by map index. */
  readonly instances: readonly PreviewedInstance[];
  /** The run's state; absent when it would stay what it is. `from` is null when the run would be made. */
  readonly run?: { readonly from: RunState | null; readonly to: RunState };
  /** The DAG's version that the run would move to; absent when it would stay on its own. */
  readonly version?: number;
}

/** What a command is previewed on. */
export interface PreviewOn {
  readonly now: Micros;
  /** The DAG's newest version. */
  readonly newest: { readonly compiled: CompiledGraph; readonly dagVersion: number };
  /** The run that the command names; a trigger needs none. It is not changed. */
  readonly run?: Run;
}

/**
 * Plans a command without committing anything: what people are shown before they say yes.
 *
 * @throws MillraceError with the code of the refusal that the command would get.
 */
export function preview(command: Command, on: PreviewOn): Preview {
  switch (command.kind) {
    case "trigger":
      return previewTrigger(command, on);
    case "clear":
      return previewClear(command, on);
    case "markTasks":
      return previewOnRun(on, (draft) => planMarkTasks(draft, { ...command, by: "" }));
    case "markRun":
      return previewOnRun(on, (draft) => planMarkRun(draft, { ...command, by: "" }));
    case "deleteRun":
      return previewDelete(runOf(on));
    case "pause":
      return { instances: [] };
    default:
      throw new Error(`unreachable: ${command satisfies never}`);
  }
}

function previewTrigger(command: Extract<Command, { kind: "trigger" }>, { now, newest }: PreviewOn): Preview {
  const conf = command.conf ?? null;
  const { compiled, dagVersion } = newest;
  resolveParams({
    dag: compiled.graph.dag.params,
    conf: parseConf(command.conf),
    confOverrides: compiled.rules.confOverridesParams,
  });
  const logicalDate = command.logicalDate ?? now;
  const newRun = {
    dagId: compiled.graph.dagId,
    runKey: command.runKey ?? "",
    runType: "manual" as const,
    dagVersion,
    logicalDate,
    intervalStart: logicalDate,
    intervalEnd: logicalDate,
    runAfter: now,
    conf,
    triggeredBy: "",
  };
  const { draft } = createRun({ runId: 0, newRun, compiled, now, start: false });
  for (let next = pendingCreate(draft); next !== undefined; next = pendingCreate(draft)) createTasks(draft, { next });
  return { instances: changedInstances(undefined, draft), run: { from: null, to: draft.head.state } };
}

function previewClear(command: Extract<Command, { kind: "clear" }>, on: PreviewOn): Preview {
  const run = runOf(on);
  const moves = command.version === "newest" && run.head.dagVersion !== on.newest.dagVersion;
  const moved = moves ? movedRun(run, on) : undefined;
  const target = { ...on, run: moved?.run ?? run };
  const { instances, ...rest } = previewOnRun(target, (draft) => planClear(draft, { ...command, by: "" }));
  if (!moved) return { instances, ...rest };
  const cleared = new Set(instances.map(keyOf));
  return {
    ...rest,
    version: on.newest.dagVersion,
    instances: [...moved.instances.filter((instance) => !cleared.has(keyOf(instance))), ...instances],
  };
}

function previewDelete(run: Run): Preview {
  const instances: PreviewedInstance[] = [];
  for (let slot = 0; slot < run.length; slot += 1) {
    if (run.task[slot] < 0) continue;
    const { taskId } = run.compiled.tasks[run.task[slot]];
    instances.push({ taskId, mapIndex: run.mapIndex[slot], from: run.stateOf(slot), to: "removed" });
  }
  return { instances };
}

function previewOnRun(on: PreviewOn, plan: (draft: Draft) => Refusal | undefined): Preview {
  const run = runOf(on);
  const draft = new Draft(run, on.now);
  const refusal = plan(draft);
  if (refusal) throw new MillraceError(refusal.code, refusal.message);
  for (let sweep = firstSweep(draft); sweep !== undefined; sweep = firstSweep(draft)) carryOutSweep(draft, sweep);
  const from = run.head.state;
  const to = draft.head.state;
  return { instances: changedInstances(run, draft), ...(from !== to && { run: { from, to } }) };
}

/** The run as it would be on the newest version, and what the move itself changes. */
function movedRun(
  run: Run,
  { now, newest }: PreviewOn,
): { readonly run: Run; readonly instances: readonly PreviewedInstance[] } {
  const move = moveToVersion(run, newest, now);
  const rows: Omit<Instance, "task">[] = [];
  const taskIds: string[] = [];
  for (let slot = 0; slot < run.length; slot += 1) {
    if (move.draft.taskOf(slot) < 0) continue;
    rows.push(move.draft.read(slot));
    taskIds.push(run.compiled.tasks[run.task[slot]].taskId);
  }
  const instances: PreviewedInstance[] = [];
  for (const change of move.changes.instances) {
    const { taskId, mapIndex } = change;
    if (change.kind === "insert") {
      rows.push({ mapIndex, state: change.state, tryNumber: change.tryNumber, maxTries: change.maxTries, restarts: 0 });
      taskIds.push(taskId);
      instances.push({ taskId, mapIndex, from: null, to: change.state });
    } else if (change.kind === "set")
      instances.push({ taskId, mapIndex, from: run.stateOf(change.slot), to: change.state });
  }
  return { run: loadRun({ ...move.draft.head }, newest.compiled, rows, taskIds), instances };
}

function changedInstances(run: Run | undefined, draft: Draft): readonly PreviewedInstance[] {
  const { tasks } = draft.run.compiled;
  const found: (PreviewedInstance & { readonly task: number })[] = [];
  for (const [slot, { task, mapIndex, state }] of draft.instances) {
    const isKnown = run !== undefined && slot < run.length;
    const place = isKnown ? run.task[slot] : task;
    const from = isKnown ? run.stateOf(slot) : null;
    if (place >= 0 && from !== state)
      found.push({ task: place, taskId: tasks[place].taskId, mapIndex, from, to: state });
  }
  found.sort((a, b) => a.task - b.task || a.mapIndex - b.mapIndex);
  return found.map(({ taskId, mapIndex, from, to }) => ({ taskId, mapIndex, from, to }));
}

function runOf({ run }: PreviewOn): Run {
  if (!run) throw new MillraceError("BAD_ARGUMENT", "this command is about a run, and none was given");
  return run;
}

function pendingCreate(draft: Draft): number | undefined {
  return draft.head.obligations.find((obligation) => obligation.kind === "create")?.next;
}

function firstSweep(draft: Draft): Parameters<typeof carryOutSweep>[1] | undefined {
  return draft.head.obligations.find(isSweep);
}

function keyOf({ taskId, mapIndex }: PreviewedInstance): string {
  return `${taskId} ${mapIndex}`;
}
