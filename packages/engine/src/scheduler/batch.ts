import {
  Draft,
  toCreation,
  type Answer,
  type CommitBatch,
  type DagPatch,
  type DagRow,
  type Micros,
  type NewRun,
  type Run,
  type RunChanges,
  type VersionMove,
} from "@millrace/core";

/** What one tick does to one run. */
export interface BatchRun {
  readonly run: Run;
  readonly draft: Draft;
  /** Present on a run that this tick creates. */
  readonly newRun?: NewRun;
  /** Present on a run that moves to another version: it is read anew after the commit. */
  readonly move?: VersionMove;
}

/** Bounds of one batch (R11). */
export const BATCH = { rowWrites: 5_000, planningMs: 20, events: 4_000 } as const;

/** Everything a tick decides, before it is committed. */
export class Batch {
  readonly now: Micros;
  readonly runs = new Map<number, BatchRun>();
  readonly answers: { readonly inboxId: number; readonly runId?: number; readonly answer: Answer }[] = [];
  readonly dagPatches = new Map<string, DagPatch>();
  /** Where schedules follow on when this batch is committed. */
  readonly lastScheduled = new Map<string, DagRow["lastScheduled"]>();
  /** Row writes planned so far (R11). */
  planned = 0;
  readonly #created = new Map<string, number>();
  readonly #started = new Map<string, number>();

  constructor(now: Micros) {
    this.now = now;
  }

  /** The draft of a run, made when it has none yet. */
  draftOf(run: Run): Draft {
    const known = this.runs.get(run.head.runId);
    if (known) return known.draft;
    const draft = new Draft(run, this.now);
    this.runs.set(run.head.runId, { run, draft });
    return draft;
  }

  /** A run and what was planned for it. */
  add(part: BatchRun): void {
    this.runs.set(part.run.head.runId, part);
    this.planned += part.draft.changes.size + 1;
    const { dagId, state } = part.run.head;
    // Backfills have a limit of their own.
    if (part.draft.head.backfillId !== undefined) return;
    const started = Number(part.draft.head.state === "running") - Number(state === "running");
    if (started !== 0) this.#started.set(dagId, this.startedRuns(dagId) + started);
  }

  /** The same batch with only these runs; answers without a run and DAG patches go with the first part (R11). */
  part(runs: readonly BatchRun[], isFirst: boolean): Batch {
    const part = new Batch(this.now);
    for (const run of runs) part.add(run);
    for (const answer of this.answers)
      if (answer.runId === undefined ? isFirst : part.runs.has(answer.runId)) part.answers.push(answer);
    if (!isFirst) return part;
    for (const patch of this.dagPatches.values()) part.patchDag(patch);
    for (const [dagId, last] of this.lastScheduled) part.lastScheduled.set(dagId, last);
    return part;
  }

  /** A run that this batch creates. Those of backfills are not counted. */
  addNew(made: BatchRun): void {
    this.add(made);
    const { dagId, backfillId } = made.run.head;
    if (backfillId !== undefined) return;
    this.#created.set(dagId, (this.#created.get(dagId) ?? 0) + 1);
  }

  createdRuns(dagId: string): number {
    return this.#created.get(dagId) ?? 0;
  }

  /** By how much this batch changes the number of a DAG's running runs. */
  startedRuns(dagId: string): number {
    return this.#started.get(dagId) ?? 0;
  }

  patchDag(patch: DagPatch): void {
    this.dagPatches.set(patch.dagId, { ...this.dagPatches.get(patch.dagId), ...patch });
  }

  get isEmpty(): boolean {
    if (this.answers.length > 0 || this.dagPatches.size > 0) return false;
    for (const { draft, newRun } of this.runs.values()) if (newRun || !draft.isEmpty) return false;
    return true;
  }

  /** The batch as the store takes it: runs without changes are left out. */
  toCommit(schedulerId: number): CommitBatch {
    const runs: RunChanges[] = [];
    for (const { draft, newRun, move } of this.runs.values()) {
      if (newRun) runs.push(toCreation(draft, newRun));
      else if (move) runs.push(move.changes);
      else if (!draft.isEmpty) runs.push(draft.toChanges());
    }
    return { schedulerId, runs, answers: this.answers, dagPatches: [...this.dagPatches.values()] };
  }
}
