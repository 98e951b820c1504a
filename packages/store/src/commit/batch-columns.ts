import type { InstanceChange, LogRef } from "@millrace/core";
import type { CommitBatch } from "@millrace/core";
import { ArrayWriter } from "./array-writer.ts";
import { batchRows, type BatchRows, type Placed } from "./batch-rows.ts";
import { batchRest } from "./batch-rest.ts";
import { causeText, changeText, countsText } from "./change-text.ts";
import { cleanText, refuseValue, storable } from "./text-rules.ts";

type Parameter = Buffer | string | number | null;
type Writer<Row> = ArrayWriter<Row>;

const BYTES_PER_ROW = 400;
const BYTES_FIXED = 2_048;

/** The parameters of `commit_batch_1` in order, without the scheduler. @throws MillraceError DATA_REJECTED, naming the place of the value. */
export function batchColumns(batch: CommitBatch): {
  readonly rows: BatchRows;
  readonly parameters: readonly Parameter[];
} {
  const rows = batchRows(batch);
  const parameters = [
    ...runColumns(rows),
    batchRest(batch, rows),
    ...insertColumns(rows),
    ...queueColumns(rows),
    ...startColumns(rows),
    ...endColumns(rows),
    ...setColumns(rows),
  ];
  return { rows, parameters };
}

function runColumns({ runs }: BatchRows): Parameter[] {
  const write = new ArrayWriter<(typeof runs)[number]>(
    (run, why) => refuseValue({ runId: run.runId, column: "run" }, why),
    BYTES_FIXED + runs.length * BYTES_PER_ROW,
  );
  return [
    write.int8(runs, (run) => run.runId),
    write.int4(runs, (run) => run.version),
    write.text(runs, changeText),
    write.text(runs, (run) => countsText(run.counts)),
  ];
}

function insertColumns({ inserts }: BatchRows): Parameter[] {
  if (inserts.length === 0) return nulls(8);
  const write = instanceWriter(inserts);
  return [
    ...keyColumns(write, inserts),
    write.text(inserts, ({ change }) => change.state),
    write.int4(inserts, ({ change }) => change.tryNumber),
    write.int4(inserts, ({ change }) => change.maxTries),
    write.uuid(inserts, ({ change }) => change.dispatchId),
    write.text(inserts, ({ change }) => change.cause && causeText(change.cause)),
  ];
}

function queueColumns({ queues }: BatchRows): Parameter[] {
  if (queues.length === 0) return nulls(7);
  const write = instanceWriter(queues);
  return [
    ...keyColumns(write, queues),
    write.int4(queues, ({ change }) => change.tryNumber),
    write.int4(queues, ({ change }) => change.maxTries),
    write.uuid(queues, ({ change }) => change.dispatchId),
    write.bool(queues, ({ change }) => change.newTry),
  ];
}

function startColumns({ starts }: BatchRows): Parameter[] {
  if (starts.length === 0) return nulls(5);
  const write = instanceWriter(starts);
  return [
    ...keyColumns(write, starts),
    write.instant(starts, ({ change }) => change.startedAt),
    write.text(starts, ({ change }) => cleanText(change.workerId)),
  ];
}

function endColumns({ ends }: BatchRows): Parameter[] {
  if (ends.length === 0) return nulls(20);
  const write = instanceWriter(ends);
  type End = (typeof ends)[number];
  const exact = (row: End, column: string, text: string | undefined): string | undefined =>
    text === undefined ? undefined : storable(text, { ...placeOf(row), column });
  const cleaned = (text: string | undefined): string | undefined => (text === undefined ? undefined : cleanText(text));
  return [
    ...keyColumns(write, ends),
    write.text(ends, ({ change }) => change.state),
    write.int4(ends, ({ change }) => change.tryNumber),
    write.int4(ends, ({ change }) => change.maxTries),
    write.int4(ends, ({ change }) => change.restarts),
    write.instant(ends, ({ change }) => change.startedAt),
    write.instant(ends, ({ change }) => change.endedAt),
    write.instant(ends, ({ change }) => change.dueAt),
    write.text(ends, ({ change }) => cleaned(change.workerId)),
    write.text(ends, (row) => exact(row, "the result", row.change.result?.json)),
    write.text(ends, (row) => exact(row, "the result's meta", row.change.result?.meta)),
    write.int4(ends, ({ change }) => change.resultLength),
    write.text(ends, (row) => exact(row, "the choice", row.change.choice)),
    write.text(ends, (row) => exact(row, "the resume state", row.change.resume)),
    write.text(ends, ({ change }) => change.cause && causeText(change.cause)),
    write.text(ends, ({ change }) => change.log && logText(change.log)),
    write.text(ends, ({ change }) => cleaned(change.mapName)),
    write.text(ends, (row) => exact(row, "the rendered fields", row.change.rendered)),
  ];
}

function setColumns({ sets }: BatchRows): Parameter[] {
  if (sets.length === 0) return nulls(11);
  const write = instanceWriter(sets);
  return [
    ...keyColumns(write, sets),
    write.text(sets, ({ change }) => change.state),
    write.int4(sets, ({ change }) => change.tryNumber),
    write.int4(sets, ({ change }) => change.maxTries),
    write.int4(sets, ({ change }) => change.restarts),
    write.instant(sets, ({ change }) => change.dueAt),
    write.instant(sets, ({ change }) => change.endedAt),
    write.text(sets, ({ change }) => change.cause && causeText(change.cause)),
    write.bool(sets, ({ change }) => change.clear),
  ];
}

function keyColumns<Change extends InstanceChange>(
  write: Writer<Placed<Change>>,
  rows: readonly Placed<Change>[],
): Parameter[] {
  return [
    write.int4(rows, ({ r }) => r),
    write.text(rows, (row) => storable(row.change.taskId, { ...placeOf(row), column: "the id" })),
    write.int4(rows, ({ change }) => change.mapIndex),
  ];
}

function instanceWriter<Change extends InstanceChange>(rows: readonly Placed<Change>[]): Writer<Placed<Change>> {
  return new ArrayWriter(
    (row, why) => refuseValue({ ...placeOf(row), column: "a value" }, why),
    BYTES_FIXED + rows.length * BYTES_PER_ROW,
  );
}

function placeOf({ runId, change }: Placed<InstanceChange>): { runId: number; taskId: string; mapIndex: number } {
  return { runId, taskId: change.taskId, mapIndex: change.mapIndex };
}

function logText(log: LogRef): string {
  return JSON.stringify({ ...log, tail: cleanText(log.tail) });
}

function nulls(count: number): null[] {
  return new Array<null>(count).fill(null);
}
