import {
  DEFAULT_RULES,
  loadRun,
  type BackfillRow,
  type CompiledGraph,
  type DagRow,
  type InstanceRow,
  type Micros,
  type Run,
  type RunHead,
  type RunRow,
  type SystemRules,
  type VersionKey,
} from "@millrace/core";
import { Heap } from "./heap.ts";
import { Occupancy } from "./occupancy.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { VersionCache } from "./version-cache.ts";

/** An open backfill of an owned DAG. */
export interface OwnedBackfill {
  row: BackfillRow;
  /** Dates up to this one are done with; ahead of the row's. */
  cursor: Micros | undefined;
  /** The last cursor that was written down: never ahead of what is committed. */
  noted?: Micros;
  /** Every date is done with: it is over when its runs are. */
  isWalked: boolean;
  /** Existing runs that were asked to be cleared, and do not belong to it yet. */
  readonly clearing: Set<string>;
}

/** A DAG that this scheduler drives (R5). */
export interface OwnedDag {
  row: DagRow;
  /** Of the row as it is here: when the database has another one, it is read again. */
  stamp: string | undefined;
  /** Failed runs in a row, newest first, since the last success: of DAGs that ask for it. */
  failedRunsInRow: number;
  readonly runs: Map<number, Run>;
  /** Runs that wait to begin, by logical date; {@link OwnedDags.takeQueued} passes over those that have begun or are gone. */
  readonly queued: Heap<Run>;
  /** The same for runs of backfills: no limit holds them, their backfill makes no more than it may have. */
  readonly queuedBackfills: Heap<Run>;
  /** Runs that wait for their date before they join the queue. */
  readonly waiting: Set<number>;
  /** Runs in state running, resting ones too, without those of backfills: `maxActiveRuns` limits them. */
  running: number;
  /** Unfinished runs of backfills, resting ones too. */
  backfillRuns: number;
  /** Running runs that rest. */
  restingRunning: number;
  /** The backfill that is open. */
  backfill: OwnedBackfill | undefined;
  /** Newest logical date given to a triggered run that named none. */
  lastImplicitDate: Micros;
  /** Earlier runs, kept while `depends_on_past` may ask for them. */
  readonly past: Map<number, Run>;
  /** Runs in memory that look at the run before, and which one that is, once it was looked for; null = there is none. */
  readonly lookers: Map<Run, number | null | undefined>;
}

/** A run that only waits for a far time, and is not in memory until then. */
export interface RestingRun {
  readonly dagId: string;
  readonly dueAt: Micros;
  readonly isRunning: boolean;
  readonly isBackfill: boolean;
}

interface Due {
  readonly at: Micros;
  readonly runId: number;
}

/** Everything a scheduler knows: DAGs, their unfinished runs, who waits for a slot and for a time. All of it can be read again from the rows. */
export class OwnedDags {
  readonly dags = new Map<string, OwnedDag>();
  readonly runs = new Map<number, Run>();
  readonly resting = new Map<number, RestingRun>();
  readonly occupancy = new Occupancy();
  readonly ready = new Map<string, ReadyQueue>();
  /** dispatch → where it is. */
  readonly dispatches = new Map<string, { readonly runId: number; readonly slot: number }>();
  readonly rules: SystemRules;
  readonly versions: VersionCache;
  readonly #due = new Heap<Due>((a, b) => a.at < b.at);

  constructor(rules: SystemRules = DEFAULT_RULES) {
    this.rules = rules;
    this.versions = new VersionCache(rules);
  }

  /** Takes a DAG into memory. Its unfinished runs come by {@link addRun}. */
  addDag(row: DagRow): OwnedDag {
    const dag: OwnedDag = {
      row,
      stamp: undefined,
      failedRunsInRow: 0,
      runs: new Map(),
      queued: new Heap(isEarlier),
      queuedBackfills: new Heap(isEarlier),
      waiting: new Set(),
      running: 0,
      backfillRuns: 0,
      restingRunning: 0,
      backfill: undefined,
      lastImplicitDate: 0,
      past: new Map(),
      lookers: new Map(),
    };
    this.dags.set(row.dagId, dag);
    return dag;
  }

  /** Forgets a DAG: somebody else drives it now. */
  dropDag(dagId: string): void {
    const dag = this.dags.get(dagId);
    if (!dag) return;
    for (const runId of [...dag.runs.keys()]) this.dropRun(runId);
    for (const [runId, resting] of this.resting) if (resting.dagId === dagId) this.resting.delete(runId);
    for (const queue of this.ready.values()) queue.forget(dagId);
    this.versions.forgetDag(dagId);
    this.dags.delete(dagId);
  }

  addRun(run: Run, now: Micros): void {
    const dag = this.dags.get(run.head.dagId);
    if (!dag) throw new Error(`run ${run.head.runId} belongs to ${run.head.dagId}, which is not owned here`);
    if (this.forgetResting(run.head.runId)) this.occupancy.moveDeferred(run, 1);
    this.runs.set(run.head.runId, run);
    dag.runs.set(run.head.runId, run);
    if (run.compiled.looksAtPast) dag.lookers.set(run, undefined);
    count(dag, run.head, 1);
    if (run.head.state === "queued") this.enqueue(run, now);
    this.wakeAt(run);
  }

  /** A run in state queued waits for its turn, or for its date. */
  enqueue(run: Run, now: Micros): void {
    const dag = this.dags.get(run.head.dagId);
    if (waitsForDate(run.head, now)) dag?.waiting.add(run.head.runId);
    else if (dag) queueOf(dag, run).push(run);
  }

  /** Runs whose date has come join the queue. */
  enqueueWaiting(dag: OwnedDag, now: Micros): void {
    for (const runId of dag.waiting) {
      const run = dag.runs.get(runId);
      if (run && waitsForDate(run.head, now)) continue;
      dag.waiting.delete(runId);
      if (run) queueOf(dag, run).push(run);
    }
  }

  /** Takes a run out of memory until its due time, when {@link takeDue} names it. */
  rest(run: Run): void {
    const { runId, dagId, dueAt, state, backfillId } = run.head;
    const dag = this.dags.get(dagId);
    if (!dag || dueAt === undefined) return;
    const isRunning = state === "running";
    this.occupancy.moveDeferred(run, -1);
    this.dropRun(runId);
    count(dag, run.head, 1);
    dag.restingRunning += Number(isRunning);
    this.resting.set(runId, { dagId, dueAt, isRunning, isBackfill: backfillId !== undefined });
  }

  /** Makes every resting run due: something outside the runs has changed what they count for. */
  endRests(): void {
    for (const [runId, resting] of this.resting) {
      this.resting.set(runId, { ...resting, dueAt: 0 });
      this.#due.push({ at: 0, runId });
    }
  }

  /** @returns false when the run does not rest. */
  forgetResting(runId: number): boolean {
    const resting = this.resting.get(runId);
    if (!resting) return false;
    this.resting.delete(runId);
    const dag = this.dags.get(resting.dagId);
    if (!dag) return true;
    dag.restingRunning -= Number(resting.isRunning);
    if (resting.isBackfill) dag.backfillRuns -= 1;
    else dag.running -= Number(resting.isRunning);
    return true;
  }

  /** The run with the earliest logical date, taken out of one of the DAG's queues: whoever does not begin it puts it back. */
  takeQueued(dag: OwnedDag, queue: Heap<Run>): Run | undefined {
    for (let run = queue.pop(); run !== undefined; run = queue.pop())
      if (run.head.state === "queued" && dag.runs.get(run.head.runId) === run) return run;
    return undefined;
  }

  /** Removes a run from memory: it ended, or must be read again. */
  dropRun(runId: number): void {
    const run = this.runs.get(runId);
    if (!run) return;
    const dag = this.dags.get(run.head.dagId);
    if (dag) count(dag, run.head, -1);
    for (const dispatchId of run.dispatchId.values()) this.dispatches.delete(dispatchId);
    this.runs.delete(runId);
    dag?.runs.delete(runId);
    dag?.lookers.delete(run);
    dag?.waiting.delete(runId);
  }

  /** Registers what a run read from rows holds: its dispatches and its waiting instances. */
  index(run: Run): void {
    for (const [slot, dispatchId] of run.dispatchId) this.dispatches.set(dispatchId, { runId: run.head.runId, slot });
    for (let slot = 0; slot < run.length; slot += 1)
      if (run.task[slot] >= 0 && run.stateOf(slot) === "scheduled") this.pushReady(run, slot);
  }

  pushReady(run: Run, slot: number, at?: { readonly task: number; readonly mapIndex: number }): void {
    const node = run.compiled.tasks[at?.task ?? run.task[slot]];
    let queue = this.ready.get(node.pool);
    if (!queue) this.ready.set(node.pool, (queue = new ReadyQueue()));
    queue.push(run.head, {
      runId: run.head.runId,
      slot,
      priority: node.priority,
      logicalDate: run.head.logicalDate,
      mapIndex: at?.mapIndex ?? run.mapIndex[slot],
    });
  }

  /** Arms the run's own due time. */
  wakeAt(run: Run): void {
    const { dueAt, runId } = run.head;
    if (dueAt !== undefined) this.#due.push({ at: dueAt, runId });
  }

  /** Runs whose time has come, each once. Stale entries are passed over. */
  takeDue(now: Micros, limit: number): ReadonlySet<number> {
    const due = new Set<number>();
    for (let top = this.#due.peek(); top !== undefined && top.at <= now && due.size < limit; top = this.#due.peek()) {
      this.#due.pop();
      const dueAt = this.runs.get(top.runId)?.head.dueAt ?? this.resting.get(top.runId)?.dueAt ?? Infinity;
      if (dueAt <= now) due.add(top.runId);
    }
    return due;
  }

  nextDueAt(): Micros | undefined {
    return this.#due.peek()?.at;
  }

  clear(): void {
    this.dags.clear();
    this.versions.clear();
    this.runs.clear();
    this.resting.clear();
    this.ready.clear();
    this.dispatches.clear();
    this.#due.clear();
    this.occupancy.rebuild([]);
  }
}

/** Counts an unfinished run that comes or goes. */
function count(dag: OwnedDag, { state, backfillId }: RunHead, by: 1 | -1): void {
  if (backfillId !== undefined) dag.backfillRuns += by;
  else if (state === "running") dag.running += by;
}

function queueOf(dag: OwnedDag, { head }: Run): Heap<Run> {
  return head.backfillId === undefined ? dag.queued : dag.queuedBackfills;
}

/** It becomes due when its date has come. One that was looked at too early, by a clock that was ahead, is not: it stays in the queue. */
export function waitsForDate({ state, runAfter, dueAt = Infinity }: Run["head"], now: Micros): boolean {
  return state === "queued" && runAfter > now && dueAt <= runAfter;
}

function isEarlier({ head: a }: Run, { head: b }: Run): boolean {
  return a.logicalDate === b.logicalDate ? a.runId < b.runId : a.logicalDate < b.logicalDate;
}

/** The version that a run has. */
export function versionOf({ dagId, dagVersion }: Pick<RunHead, "dagId" | "dagVersion">): VersionKey {
  return { dagId, version: dagVersion };
}

/** Rebuilds a run in memory from its rows. */
export function runFromRows(run: RunRow, instances: readonly InstanceRow[], compiled: CompiledGraph): Run {
  return loadRun(
    { ...run },
    compiled,
    instances.map((row) => ({
      ...row,
      choice: row.choice === undefined ? undefined : (JSON.parse(row.choice) as readonly string[]),
    })),
    instances.map((row) => row.taskId),
  );
}
