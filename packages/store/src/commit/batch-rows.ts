import type {
  CommitBatch,
  DeleteChange,
  EndChange,
  InsertChange,
  InstanceChange,
  QueueChange,
  RunChanges,
  SetChange,
  StartChange,
} from "@millrace/core";

/** A change of an instance and the run it belongs to, by its position among the runs of the batch, from 1. */
export interface Placed<Change extends InstanceChange> {
  readonly r: number;
  readonly runId: number;
  readonly change: Change;
}

/** The instance changes of a batch by kind: the steps of the commit. */
export interface BatchRows {
  /** By run id: the order in which guards are taken. */
  readonly runs: readonly RunChanges[];
  readonly inserts: readonly Placed<InsertChange>[];
  readonly queues: readonly Placed<QueueChange>[];
  readonly starts: readonly Placed<StartChange>[];
  readonly ends: readonly Placed<EndChange>[];
  readonly sets: readonly Placed<SetChange>[];
  readonly deletes: readonly Placed<DeleteChange>[];
  /** Their present try goes to history first. */
  readonly archives: readonly Placed<QueueChange | SetChange>[];
}

/** Sorts the changes of a batch into the steps of the commit. One instance has one change per commit. */
export function batchRows(batch: CommitBatch): BatchRows {
  const runs = isAscending(batch.runs) ? batch.runs : batch.runs.toSorted((a, b) => a.runId - b.runId);
  const rows = {
    runs,
    inserts: [],
    queues: [],
    starts: [],
    ends: [],
    sets: [],
    deletes: [],
    archives: [],
  } satisfies BatchRows as MutableRows;
  let r = 0;
  for (const { runId, instances } of runs) {
    r++;
    for (const change of instances) place(rows, r, runId, change);
  }
  return rows;
}

type MutableRows = {
  -readonly [Key in keyof BatchRows]: BatchRows[Key] extends readonly Placed<infer Change>[]
    ? Placed<Change>[]
    : BatchRows[Key];
};

function place(rows: MutableRows, r: number, runId: number, change: InstanceChange): void {
  switch (change.kind) {
    case "insert":
      rows.inserts.push({ r, runId, change });
      return;
    case "queue":
      rows.queues.push({ r, runId, change });
      if (change.newTry) rows.archives.push({ r, runId, change });
      return;
    case "start":
      rows.starts.push({ r, runId, change });
      return;
    case "end":
      rows.ends.push({ r, runId, change });
      return;
    case "set":
      rows.sets.push({ r, runId, change });
      if (change.clear) rows.archives.push({ r, runId, change });
      return;
    case "delete":
      rows.deletes.push({ r, runId, change });
      return;
    default:
      throw new Error(`unreachable: ${JSON.stringify(change satisfies never)}`);
  }
}

function isAscending(runs: readonly RunChanges[]): boolean {
  return runs.every((run, index) => index === 0 || runs[index - 1].runId < run.runId);
}
