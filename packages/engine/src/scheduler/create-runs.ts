import {
  createRun,
  formatInstant,
  MillraceError,
  nextRun,
  type DagRow,
  type DueRun,
  type Micros,
  type NewRun,
  type RunType,
} from "@millrace/core";
import type { Batch } from "./batch.ts";
import { Heap } from "./heap.ts";
import type { OwnedDag, OwnedDags } from "./owned-dags.ts";
import type { PastReader } from "./past.ts";

/** Runs of one DAG that its schedule creates in one tick at most. */
export const RUNS_PER_LOOK = 16;

/** Hands out reserved, ascending run ids. */
export interface RunIds {
  take(): number;
}

/** Creates the runs that schedules ask for, and knows when to look next. */
export class ScheduleClock {
  readonly #heap = new Heap<{ readonly at: Micros; readonly dagId: string }>((a, b) => a.at < b.at);
  readonly #armed = new Map<string, Micros>();
  readonly #dirty = new Set<string>();

  /** The DAG changed, a run of it ended, or it was paused or unpaused: look at its schedule in the next tick. */
  touch(dagId: string): void {
    this.#dirty.add(dagId);
  }

  forget(dagId: string): void {
    this.#armed.delete(dagId);
    this.#dirty.delete(dagId);
  }

  /** DAGs to look at now. */
  take(now: Micros): ReadonlySet<string> {
    const due = new Set(this.#dirty);
    this.#dirty.clear();
    for (let top = this.#heap.peek(); top !== undefined && top.at <= now; top = this.#heap.peek()) {
      this.#heap.pop();
      if (this.#armed.get(top.dagId) !== top.at) continue;
      this.#armed.delete(top.dagId);
      due.add(top.dagId);
    }
    return due;
  }

  arm(dagId: string, at: Micros): void {
    if (this.#armed.get(dagId) === at) return;
    this.#armed.set(dagId, at);
    this.#heap.push({ at, dagId });
  }

  get hasWork(): boolean {
    return this.#dirty.size > 0;
  }

  nextAt(): Micros | undefined {
    return this.#heap.peek()?.at;
  }
}

/** What creating runs needs of a tick. */
export interface Creation {
  readonly owned: OwnedDags;
  readonly batch: Batch;
  readonly ids: RunIds;
  readonly past: PastReader;
  /** Triggers whose run id or logical date was taken (see Mail). */
  readonly conflicts: ReadonlyMap<number, { readonly runKey: string; readonly logicalDate: Micros }>;
}

/**
 * Creates the runs of a DAG that are due by the clock; catch-up is bounded by the DAG's active runs.
 *
 * @returns false when there are some, and the DAG's graph must be read first: nothing was done.
 */
export function createDueRuns(creation: Creation, dag: OwnedDag, clock: ScheduleClock): boolean {
  const { row } = dag;
  const { schedule, start, end, catchup, maxActiveRuns } = row.settings;
  if (row.paused || !row.active) {
    showNext(creation, row, undefined);
    return true;
  }
  let last = row.lastScheduled;
  for (let made = 0; ; made += 1) {
    const next = nextRun(schedule, {
      ...(last && { last }),
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
      catchup,
      now: creation.batch.now,
      ...(row.customTimes && { custom: row.customTimes }),
    });
    if (!next || next.runAfter > creation.batch.now || made === RUNS_PER_LOOK) {
      if (next) clock.arm(row.dagId, next.runAfter);
      showNext(creation, row, next);
      break;
    }
    if (isFull(creation, dag, maxActiveRuns)) break;
    if (!creation.owned.versions.find(row.dagId, row.version)) return false;
    addRun(creation, dag, { ...next, runType: "scheduled", triggeredBy: "scheduler", conf: null });
    last = next;
  }
  creation.batch.lastScheduled.set(row.dagId, last);
  return true;
}

/** People see when the schedule makes its next run. Nothing is written when they do already. */
function showNext({ batch }: Creation, { dagId, nextRun: shown }: DagRow, next: DueRun | undefined): void {
  const isShown =
    next?.logicalDate === shown?.logicalDate &&
    next?.intervalStart === shown?.intervalStart &&
    next?.intervalEnd === shown?.intervalEnd &&
    next?.runAfter === shown?.runAfter;
  if (!isShown) batch.patchDag({ dagId, nextRun: next ?? null });
}

/**
 * Adds a run to the batch; it begins at once when the DAG's limit allows.
 *
 * @throws MillraceError NOT_FOUND when the DAG's newest graph is not in memory, although it was looked for.
 */
export function addRun(
  creation: Creation,
  dag: OwnedDag,
  wish: DueRun & {
    readonly runType: RunType;
    readonly triggeredBy: string;
    readonly conf: string | null;
    readonly runKey?: string;
    readonly note?: string;
    readonly assetEventIds?: readonly number[];
    readonly backfillId?: number;
    readonly onlyTasks?: readonly string[];
  },
): number {
  const { batch, owned } = creation;
  const { row } = dag;
  const { runKey = `${wish.runType}__${formatInstant(wish.logicalDate)}`, ...rest } = wish;
  const newRun: NewRun = { ...rest, runKey, dagId: row.dagId, dagVersion: row.version };
  const version = owned.versions.find(row.dagId, row.version);
  if (!version) throw new MillraceError("NOT_FOUND", `there is no DAG ${row.dagId}`, { details: { dagId: row.dagId } });
  const mayStart =
    !row.paused &&
    wish.runAfter <= batch.now &&
    (wish.backfillId !== undefined || dag.running + batch.startedRuns(row.dagId) < row.settings.maxActiveRuns) &&
    !version.compiled.looksAtPast;
  const runId = creation.ids.take();
  const { run, draft } = createRun({ runId, newRun, compiled: version.compiled, now: batch.now, start: mayStart });
  batch.addNew({ run, draft, newRun });
  return runId;
}

/** True when as many runs are unfinished as may be active. The schedule waits neither for those of a later date nor for backfills. */
function isFull({ batch }: Creation, dag: OwnedDag, most: number): boolean {
  const unfinished = dag.runs.size + dag.restingRunning + batch.createdRuns(dag.row.dagId);
  return unfinished - dag.waiting.size - dag.backfillRuns >= most;
}
