import type { Dispatch, Run } from "@millrace/core";
import type { InputReader } from "./dispatch-inputs.ts";
import type { OwnedVersion } from "./version-cache.ts";

/** Upstream instances listed in a dispatch at most. */
const UPSTREAM_LIST = 1_000;

/** One instance to hand over, after its commit. */
export interface Handover {
  readonly run: Run;
  readonly slot: number;
  readonly version: OwnedVersion;
  /** False when a later interval is complete already. */
  readonly isLatest: boolean;
}

/** All that a worker needs to know of one dispatch. */
export function buildDispatch({ run, slot, version, isLatest }: Handover, reader: InputReader): Dispatch {
  const { head, compiled } = run;
  const node = compiled.tasks[run.task[slot]];
  const values = run.instance(slot);
  const items = reader.items(run, slot);
  const assetEvents = reader.assetEvents(run);
  const { scheduleOverride } = compiled.graph.dag;
  return {
    dispatchId: values.dispatchId as string,
    tryId: `${head.runId}/${node.taskId}/${values.mapIndex}/${values.tryNumber}`,
    dagId: head.dagId,
    dagVersion: head.dagVersion,
    bundleHash: version.bundleHash,
    graphHash: version.graphHash,
    ...(scheduleOverride && { scheduleOverride }),
    taskId: node.taskId,
    mapIndex: values.mapIndex,
    ...(values.mapIndex >= 0 && { expandedCount: run.expected[run.task[slot]] }),
    tryNumber: values.tryNumber,
    maxTries: values.maxTries,
    run: {
      runId: head.runId,
      runKey: head.runKey,
      runType: head.runType,
      logicalDate: head.logicalDate,
      intervalStart: head.intervalStart,
      intervalEnd: head.intervalEnd,
      conf: head.conf,
      isLatest,
      triggeredBy: head.triggeredBy,
      ...(head.startedAt !== undefined && { startedAt: head.startedAt }),
      ...(assetEvents && { assetEvents }),
    },
    inputs: reader.inputs(run, slot),
    ...(items && { items }),
    upstream: upstreamStates(run, slot),
    ...(node.executionTimeoutMicros !== undefined && { executionTimeoutMicros: node.executionTimeoutMicros }),
    // A sensor's timeout is for one look.
    ...(values.resume !== undefined && node.kind !== "sensor" && { tryStartedAt: values.startedAt }),
    isolation: node.isolation,
    singleAttempt: node.singleAttempt,
    suspect: values.restarts > 0,
    queue: node.queue,
    ...(values.resume && { resume: values.resume }),
    ...(values.firstStartedAt !== undefined && { firstStartedAt: values.firstStartedAt }),
  };
}

function upstreamStates(run: Run, slot: number): Dispatch["upstream"] {
  const { compiled } = run;
  const task = run.task[slot];
  const states: { taskId: string; mapIndex: number; state: string }[] = [];
  for (const edge of compiled.tasks[task].upstream) {
    const { taskId } = compiled.tasks[edge.task];
    const isSameIndex = compiled.scope[task] >= 0 && compiled.scope[task] === compiled.scope[edge.task];
    for (const s of isSameIndex ? [run.slotOf(edge.task, run.mapIndex[slot])] : run.slotsOf(edge.task)) {
      if (s < 0) continue;
      if (states.length === UPSTREAM_LIST) return states;
      states.push({ taskId, mapIndex: run.mapIndex[s], state: run.stateOf(s) });
    }
  }
  return states;
}
