import type { CommitBatch, NewRun, RunChanges, RunPatch } from "@millrace/core";
import type { BatchRows, Placed } from "./batch-rows.ts";
import { causeText, isEmpty } from "./change-text.ts";
import { cleanText, refuseValue, storable } from "./text-rules.ts";

/** Bits of `patched.has`: fields that a patch may also empty. */
const HAS = { startedAt: 1, endedAt: 2, dueAt: 4, cause: 8, obligations: 16 } as const;

/** The rows of a commit that a light task does not have, as JSON for `json_to_recordset`; null when there are none. */
export function batchRest(batch: CommitBatch, rows: BatchRows): string | null {
  const rest = {
    ...runRows(rows.runs),
    archive: filled(rows.archives.map(keyOf)),
    deleted: filled(rows.deletes.map(keyOf)),
    waits: filled(rows.starts.filter(({ change }) => change.waits).map(keyOf)),
    xcoms: filled(eachOf(rows.runs, xcomRows)),
    assets: filled(eachOf(rows.runs, assetRows)),
    callbacks: filled(eachOf(rows.runs, callbackRows)),
    answers: filled(answerRows(batch, rows)),
    dags: filled(batch.dagPatches.map(dagRow)),
  };
  const text = JSON.stringify(rest);
  return text === "{}" ? null : text;
}

function runRows(runs: readonly RunChanges[]): Record<string, unknown> {
  const created: unknown[] = [];
  const patched: unknown[] = [];
  const notes: unknown[] = [];
  const consumed: unknown[] = [];
  const scheduled = new Map<string, { r: number; run: NewRun }>();
  runs.forEach((changes, index) => {
    const r = index + 1;
    const run = changes.created;
    if (run === undefined) {
      const row = patchRow(r, changes);
      if (row !== undefined) patched.push(row);
      return;
    }
    created.push(createdRow(r, changes, run));
    if (run.note !== undefined) notes.push({ r, note: cleanText(run.note), by: cleanText(run.triggeredBy) });
    for (const event of run.assetEventIds ?? []) consumed.push({ r, dag_id: run.dagId, event_id: event });
    if (run.runType === "scheduled" && isLater(run, scheduled.get(run.dagId)?.run))
      scheduled.set(run.dagId, { r, run });
  });
  return {
    created: filled(created),
    patched: filled(patched),
    notes: filled(notes),
    consumed: filled(consumed),
    scheduled: filled([...scheduled.values()].map(scheduledRow)),
  };
}

function isLater(run: NewRun, other: NewRun | undefined): boolean {
  return other === undefined || run.logicalDate > other.logicalDate;
}

function createdRow(r: number, { runId, run: patch }: RunChanges, run: NewRun): object {
  const exact = (text: string, column: string): string => storable(text, { runId, column });
  const instant = (at: number, column: string): number => wholeMicros(at, runId, column);
  return {
    r,
    dag_id: exact(run.dagId, "the DAG id"),
    run_key: exact(run.runKey, "the run key"),
    run_type: run.runType,
    state: patch.state ?? "queued",
    dag_version: run.dagVersion,
    logical_date: instant(run.logicalDate, "the logical date"),
    interval_start: instant(run.intervalStart, "the interval's start"),
    interval_end: instant(run.intervalEnd, "the interval's end"),
    run_after: instant(run.runAfter, "run after"),
    conf: run.conf === null ? null : exact(run.conf, "the conf"),
    triggered_by: cleanText(run.triggeredBy),
    queued_at: patch.queuedAt,
    started_at: patch.startedAt,
    ended_at: patch.endedAt,
    due_at: patch.dueAt,
    clear_number: patch.clearNumber ?? 0,
    deadline_missed: patch.deadlineMissed ?? false,
    obligations: obligationsText(patch),
    cause: patch.cause ? causeText(patch.cause) : undefined,
    backfill_id: run.backfillId,
  };
}

function patchRow(r: number, { runId, run, endedAs }: RunChanges): object | undefined {
  if (isEmpty(run) && endedAs === undefined) return undefined;
  let has = 0;
  for (const field of ["startedAt", "endedAt", "dueAt", "cause", "obligations"] as const)
    if (run[field] !== undefined) has |= HAS[field];
  const plain = {
    state: run.state ?? endedAs,
    queued_at: run.queuedAt,
    dag_version: run.dagVersion,
    clear_number: run.clearNumber,
    deadline_missed: run.deadlineMissed,
    backfill_id: run.backfillId,
  };
  if (has === 0 && Object.values(plain).every((value) => value === undefined)) return undefined;
  for (const at of [run.startedAt, run.endedAt, run.dueAt, run.queuedAt])
    if (at !== undefined && at !== null) wholeMicros(at, runId, "a time of the run");
  return {
    r,
    has,
    ...plain,
    started_at: run.startedAt,
    ended_at: run.endedAt,
    due_at: run.dueAt,
    cause: run.cause ? causeText(run.cause) : undefined,
    obligations: obligationsText(run),
  };
}

/** No promises are stored as null. */
function obligationsText({ obligations }: RunPatch): string | undefined {
  return obligations === undefined || obligations.length === 0 ? undefined : JSON.stringify(obligations);
}

function scheduledRow({ r, run }: { r: number; run: NewRun }): object {
  return {
    r,
    dag_id: run.dagId,
    logical_date: run.logicalDate,
    interval_start: run.intervalStart,
    interval_end: run.intervalEnd,
  };
}

function xcomRows(r: number, { runId, xcoms }: RunChanges): object[] {
  return xcoms.map(({ taskId, mapIndex, key, value }) => {
    const exact = (text: string, column: string): string => storable(text, { runId, taskId, mapIndex, column });
    return {
      r,
      task_id: taskId,
      map_index: mapIndex,
      key: exact(key, "an XCom key"),
      json: exact(value.json, `the XCom ${JSON.stringify(key)}`),
      meta: value.meta === undefined ? undefined : exact(value.meta, `the XCom ${JSON.stringify(key)}`),
    };
  });
}

function assetRows(r: number, { runId, assets }: RunChanges): object[] {
  return assets.map(({ uri, taskId, mapIndex, extra }) => {
    const exact = (text: string, column: string): string => storable(text, { runId, taskId, mapIndex, column });
    return {
      r,
      uri: exact(uri, "an asset's URI"),
      task_id: taskId,
      map_index: mapIndex,
      extra: extra === null ? null : exact(extra, "an asset event's extra"),
    };
  });
}

function callbackRows(r: number, { callbacks }: RunChanges): object[] {
  return callbacks.map((request) => ({
    r,
    scope: request.scope,
    event: request.event,
    task_id: request.taskId,
    map_index: request.mapIndex,
    try_number: request.tryNumber,
    reason: cleanText(request.reason),
  }));
}

function answerRows(batch: CommitBatch, { runs }: BatchRows): object[] {
  if (batch.answers.length === 0) return [];
  const positions = new Map(runs.map(({ runId }, index) => [runId, index + 1]));
  return batch.answers.map(({ inboxId, runId, answer }) => {
    const r = runId === undefined ? undefined : positions.get(runId);
    if (runId !== undefined && r === undefined)
      throw new Error(`the answer to ${inboxId} names run ${runId}, which is not in the batch`);
    const text = answer.ok ? answer : { ...answer, message: cleanText(answer.message) };
    return { id: inboxId, r, answer: JSON.stringify(text) };
  });
}

function dagRow({ dagId, paused, nextRun }: CommitBatch["dagPatches"][number]): object {
  return {
    dag_id: dagId,
    paused,
    has_next: nextRun !== undefined,
    logical_date: nextRun?.logicalDate,
    interval_start: nextRun?.intervalStart,
    interval_end: nextRun?.intervalEnd,
    run_after: nextRun?.runAfter,
  };
}

function keyOf({ r, change }: Placed<RunChanges["instances"][number]>): object {
  return { r, task_id: change.taskId, map_index: change.mapIndex };
}

function eachOf(runs: readonly RunChanges[], rowsOf: (r: number, run: RunChanges) => object[]): object[] {
  const rows: object[] = [];
  runs.forEach((run, index) => rows.push(...rowsOf(index + 1, run)));
  return rows;
}

function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function wholeMicros(at: number, runId: number, column: string): number {
  return Number.isSafeInteger(at)
    ? at
    : refuseValue({ runId, column }, `${at} is no whole number of microseconds within the years 1684 to 2255`);
}
