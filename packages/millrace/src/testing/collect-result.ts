import {
  formatInstant,
  MillraceError,
  nearName,
  type InstanceChange,
  type Micros,
  type TaskState,
} from "@millrace/core";
import { readStored, type Execution, type MemoryEngine, type MemoryRun } from "@millrace/engine/testing";
import type { OtherDags } from "./other-dags.ts";
import type {
  CalledBack,
  DagRunResult,
  InstanceResult,
  LoggedLine,
  TimelineEntry,
  TryResult,
  UpdatedAsset,
} from "./run-result.ts";

/** Where the results of a test lie. */
export interface Played {
  readonly engine: MemoryEngine;
  readonly others: OtherDags;
  /** By DAG id. */
  readonly tasks: ReadonlyMap<string, readonly string[]>;
}

/** Gathers what a run has left behind. */
export async function collectResult(played: Played, run: MemoryRun): Promise<DagRunResult> {
  const { engine, others } = played;
  const otherRuns = [...engine.store.runs.values()].filter((one) => one !== run);
  return {
    ...(await runResult(played, run)),
    triggered: others.triggered,
    otherRuns: await Promise.all(otherRuns.map((one) => runResult(played, one))),
  };
}

async function runResult({ engine, tasks }: Played, run: MemoryRun): Promise<DagRunResult> {
  const { row } = run;
  const order = tasks.get(row.dagId) ?? [];
  const rows = run.rows.toSorted(
    (a, b) => order.indexOf(a.taskId) - order.indexOf(b.taskId) || a.mapIndex - b.mapIndex,
  );
  const instances = await Promise.all(rows.map((one) => instanceResult(engine, run, one)));
  const cause = run.versions.findLast(({ changes }) => changes.run.cause !== undefined)?.changes.run.cause;
  const startedAt = row.startedAt ?? row.queuedAt;
  const endedAt = row.endedAt ?? startedAt;
  return {
    dagId: row.dagId,
    runId: row.runKey,
    runType: row.runType,
    state: row.state as "success",
    ...(cause && row.state === "failed" && { reason: cause.message }),
    logicalDate: formatInstant(row.logicalDate),
    dataInterval: { start: formatInstant(row.intervalStart), end: formatInstant(row.intervalEnd) },
    startedAt: formatInstant(startedAt),
    endedAt: formatInstant(endedAt),
    elapsedSeconds: (endedAt - startedAt) / 1_000_000,
    instances,
    timeline: timelineOf(run),
    callbacks: callbacksOf(engine, run),
    assets: assetsOf(engine, run),
    triggered: [],
    otherRuns: [],
    commits: engine.commits,
    crashes: engine.deaths,
    task: (taskId, mapIndex) => findInstance({ dagId: row.dagId, instances }, taskId, mapIndex),
    result: (taskId) => resultOf({ dagId: row.dagId, instances }, taskId),
  };
}

async function instanceResult(
  { blobs, executions }: MemoryEngine,
  run: MemoryRun,
  row: MemoryRun["rows"][number],
): Promise<InstanceResult> {
  const { taskId, mapIndex, state, tryNumber, cause } = row;
  const isOwn = ({ dispatch }: Execution): boolean =>
    dispatch.run.runId === run.runId && dispatch.taskId === taskId && dispatch.mapIndex === mapIndex;
  const own = executions.filter(isOwn);
  const [stored] = run.values({ taskId, mapIndex });
  const pushed = [...run.pushed(taskId, mapIndex)].map(async ([key, value]) => [key, await readStored(value, blobs)]);
  const changes = changesOf(run, taskId, mapIndex);
  const ends = changes.filter((change) => change.kind === "end");
  const rendered = ends.findLast((change) => change.rendered !== undefined)?.rendered;
  const isFine = state === "success";
  return {
    taskId,
    mapIndex,
    state,
    tries: tryNumber,
    history: historyOf(ends),
    ...(!isFine && cause && { reason: cause.message, code: cause.code }),
    result: stored === undefined ? undefined : await readStored(stored, blobs),
    xcoms: Object.fromEntries(await Promise.all(pushed)) as Record<string, unknown>,
    ...(rendered !== undefined && { rendered: JSON.parse(rendered) as Record<string, unknown> }),
    logs: own.flatMap(({ lines }) => linesOf(lines)),
    ...(row.startedAt !== undefined && { startedAt: formatInstant(row.startedAt) }),
    ...(row.endedAt !== undefined && { endedAt: formatInstant(row.endedAt) }),
    starts: own.length,
  };
}

type EndOf = Extract<InstanceChange, { kind: "end" }>;

/** A try that goes on after a reschedule or a deferral has several ends: the last one counts. */
function historyOf(ends: readonly EndOf[]): readonly TryResult[] {
  const tries = new Map<number, TryResult>();
  for (const { tryNumber, state, cause, startedAt, endedAt } of ends)
    tries.set(tryNumber, {
      tryNumber,
      state,
      ...(cause && { reason: cause.message, code: cause.code }),
      ...(startedAt !== undefined && { startedAt: formatInstant(startedAt) }),
      endedAt: formatInstant(endedAt),
    });
  return [...tries.values()];
}

function changesOf(run: MemoryRun, taskId: string, mapIndex: number): readonly InstanceChange[] {
  return run.versions.flatMap(({ changes }) =>
    changes.instances.filter((change) => change.taskId === taskId && change.mapIndex === mapIndex),
  );
}

/** What a change says of the state of its instance; undefined when the row is gone. */
export function stateAfter(change: InstanceChange): TaskState | undefined {
  switch (change.kind) {
    case "insert":
    case "end":
    case "set":
      return change.state;
    case "queue":
      return "queued";
    case "start":
      return change.waits ? "deferred" : "running";
    case "delete":
      return undefined;
    default:
      throw new Error(`unreachable: ${JSON.stringify(change satisfies never)}`);
  }
}

function timelineOf(run: MemoryRun): readonly TimelineEntry[] {
  return run.versions.flatMap(({ at, changes }) =>
    changes.instances.flatMap((change) => {
      const state = stateAfter(change);
      if (state === undefined || state === "none") return [];
      const { taskId, mapIndex } = change;
      return [{ at: formatInstant(at), version: changes.version, taskId, mapIndex, state }];
    }),
  );
}

function callbacksOf({ callbacks }: MemoryEngine, run: MemoryRun): readonly CalledBack[] {
  return callbacks
    .filter(({ callback }) => callback.run.runId === run.runId)
    .map(({ callback: { event, taskId, mapIndex, reason }, at, lines, error }) => ({
      event,
      ...(taskId !== undefined && { taskId }),
      ...(mapIndex !== undefined && { mapIndex }),
      reason,
      at: formatInstant(at),
      logs: linesOf(lines),
      ...(error !== undefined && { error }),
    }));
}

function assetsOf({ store }: MemoryEngine, { row }: MemoryRun): readonly UpdatedAsset[] {
  return store.assets.events
    .filter((event) => event.dagId === row.dagId && event.runKey === row.runKey)
    .map(({ uri, taskId = "", mapIndex, extra }) => ({
      uri,
      taskId,
      mapIndex,
      extra: extra === null ? {} : (JSON.parse(extra) as Record<string, unknown>),
    }));
}

/** Lines of an engine as a test reads them. */
export function linesOf(lines: Execution["lines"]): readonly LoggedLine[] {
  return lines.map(({ ts, msg, ...rest }) => ({ at: formatInstant(ts satisfies Micros), message: msg, ...rest }));
}

type Found = Pick<DagRunResult, "dagId" | "instances">;

function findInstance(run: Found, taskId: string, mapIndex?: number): InstanceResult {
  const own = instancesOf(run, taskId);
  if (mapIndex === undefined && own.length === 1) return own[0];
  if (mapIndex === undefined)
    throw new MillraceError(
      "BAD_ARGUMENT",
      `${taskId} is mapped and has ${own.length} instances: name one, task("${taskId}", 0)`,
    );
  const found = own.find((one) => one.mapIndex === mapIndex);
  if (found) return found;
  const has = own.map((one) => one.mapIndex).join(", ");
  throw new MillraceError("NOT_FOUND", `${taskId} has no instance ${mapIndex}: it has ${has}`);
}

function resultOf(run: Found, taskId: string): unknown {
  const own = instancesOf(run, taskId);
  if (own.length === 1 && own[0].mapIndex < 0) return own[0].result;
  return own.filter(({ state }) => state === "success").map(({ result }) => result);
}

/** @throws MillraceError NOT_FOUND */
export function instancesOf({ dagId, instances }: Found, taskId: string): readonly InstanceResult[] {
  const own = instances.filter((one) => one.taskId === taskId);
  if (own.length > 0) return own;
  const known = new Set(instances.map((one) => one.taskId));
  const near = nearName(taskId, known);
  const hint = near === undefined ? `it has ${[...known].join(", ")}` : `did you mean ${near}?`;
  throw new MillraceError("NOT_FOUND", `the DAG ${dagId} has no task ${taskId}: ${hint}`);
}
