// R4. After a crash everything is found again from the rows: memory and executor are new, the store is not.
import { setImmediate } from "node:timers/promises";
import {
  compileGraph,
  createRun,
  toCreation,
  type BlobStore,
  type BuiltDag,
  type CommitBatch,
  type Micros,
  type NewRun,
  type PreviousSuccess,
  type RunAssetEvent,
  type WorkerCalls,
} from "@millrace/core";
import { claim } from "../scheduler/claim.ts";
import { land } from "../scheduler/commit-batch.ts";
import { deliverCallbacks } from "../scheduler/outbox.ts";
import { hasMore, tick } from "../scheduler/tick.ts";
import type { TickState } from "../scheduler/tick-state.ts";
import { createWorkerCalls } from "../worker-calls.ts";
import { InProcessExecutor, type Execution, type RanCallback } from "./in-process-executor.ts";
import { createMemoryBlobStore } from "./memory-blobs.ts";
import { createMemoryTickState } from "./memory-tick-state.ts";
import { MEMORY_VERSION, MemoryStore } from "./memory-store.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** What a memory engine runs, and the world around it. */
export interface MemoryEngineOptions {
  readonly dags: readonly BuiltDag[];
  /** Where the clock begins. */
  readonly now: Micros;
  readonly variables: ReadonlyMap<string, string>;
  readonly connections: ReadonlyMap<string, string>;
  readonly pools: Readonly<Record<string, number>>;
  readonly previousSuccess?: PreviousSuccess;
  /** Answers what tasks ask of DAGs that are not among `dags`. */
  readonly otherDags: Pick<WorkerCalls, "trigger" | "clearRun" | "stateOf" | "look">;
  /** Asked before each commit (counted from 1) and after it: true = the process dies there. */
  readonly dies?: (commit: CommitInfo) => boolean;
}

/** A commit that is about to be written, or just was. */
export interface CommitInfo {
  /** Counted from 1, over all crashes. */
  readonly number: number;
  readonly when: "before" | "after";
  readonly batch: CommitBatch;
}

class Death extends Error {}

const MOST_COMMITS = 100_000;
const MOST_DEATHS = 1_000;

/** A whole engine in this process: the scheduler's own ticks on a store in memory, bodies run here, and time jumps to what is due next. */
export class MemoryEngine {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly blobs: BlobStore = createMemoryBlobStore();
  readonly executions: Execution[] = [];
  readonly callbacks: RanCallback[] = [];
  readonly #options: MemoryEngineOptions;
  #executor!: InProcessExecutor;
  #state!: TickState;
  #isDead = false;
  #background: Promise<unknown>[] = [];
  #commits = 0;
  #deaths = 0;

  constructor(options: MemoryEngineOptions) {
    this.#options = options;
    const { dags, now, variables, connections, pools, previousSuccess } = options;
    this.clock = new VirtualClock(now);
    this.store = new MemoryStore({
      clock: this.clock,
      // Schedules have ended: time passes here, and must make no runs.
      graphs: dags.map(({ graph }) => ({ ...graph, dag: { ...graph.dag, end: 0, catchup: false } })),
      variables,
      connections,
      pools,
      ...(previousSuccess && { previousSuccess }),
      onCommit: (batch, when) => this.#atCommit(batch, when),
    });
  }

  /** Commits so far, over all crashes. */
  get commits(): number {
    return this.#commits;
  }

  get deaths(): number {
    return this.#deaths;
  }

  /** Sleeps by the engine's clock, inside a body. */
  sleep(micros: Micros, signal: AbortSignal): Promise<void> {
    return this.#executor.sleep(micros, signal);
  }

  /** Puts a run into the store, as a command would. @returns its id */
  addRun(newRun: NewRun, assetEvents: readonly RunAssetEvent[] = []): number {
    const { graph } = this.#dag(newRun.dagId);
    const runId = this.store.nextRunId();
    const created = { ...newRun, dagVersion: MEMORY_VERSION };
    const now = this.clock.now();
    const { draft } = createRun({ runId, newRun: created, compiled: compileGraph(graph), now, start: false });
    this.store.insert(toCreation(draft, created));
    this.store.assets.setTriggering(runId, assetEvents);
    return runId;
  }

  /** Runs until all runs have ended. @throws Error when they stand still, and whatever the engine throws. */
  async runToEnd(): Promise<void> {
    await this.#live();
    try {
      while (!(await this.#step()));
    } finally {
      this.#executor.die();
    }
  }

  /** Does what needs no time, and moves on to what is due next. @returns true when all runs have ended */
  async #step(): Promise<boolean> {
    try {
      await this.#settle();
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      await this.#live();
      return false;
    }
    const times = [this.#state.owned.nextDueAt(), this.clock.nextAt(), this.store.outbox.nextAt()];
    const next = Math.min(...times.map((at) => at ?? Infinity));
    const isOver = [...this.store.runs.values()].every((run) => run.isFinished);
    if (isOver && this.store.outbox.nextAt() === undefined) return true;
    if (next === Infinity) throw new Error(`the run stands still: ${this.#whatWaits()}`);
    this.clock.advanceTo(next);
    this.#state.mail.outboxMayHaveRows = true;
    return false;
  }

  async #settle(): Promise<void> {
    const { mail } = this.#state;
    for (;;) {
      await this.#tick();
      await this.#executor.settled();
      const report = this.#executor.takeReport();
      if (report !== undefined) mail.reports.push(report);
      else if (mail.outboxMayHaveRows) await deliverCallbacks(this.#state);
      else {
        // What the engine has just answered goes on a few promises later.
        await setImmediate();
        const isIdle = this.#executor.isSettled && !this.#executor.hasReports && this.store.inbox.isEmpty;
        if (isIdle && !hasMore(this.#state)) return;
        mail.inboxMayHaveRows ||= !this.store.inbox.isEmpty;
      }
    }
  }

  async #tick(): Promise<void> {
    do {
      if (this.#state.mail.dagsMayHaveChanged) await claim(this.#state);
      await tick(this.#state);
      await land(this.#state);
      await Promise.all(this.#background.splice(0));
    } while (hasMore(this.#state));
  }

  /** A process begins: it knows nothing but the rows. */
  async #live(): Promise<void> {
    const { dags } = this.#options;
    const store = this.store.port();
    this.#isDead = false;
    this.#background = [];
    const state: { current?: TickState } = {};
    const runOf = (dispatchId: string): number | undefined => state.current?.owned.dispatches.get(dispatchId)?.runId;
    this.#executor = new InProcessExecutor({
      clock: this.clock,
      dags: new Map(dags.map((dag) => [dag.graph.dagId, dag])),
      calls: this.#calls(createWorkerCalls({ store, runOf })),
      blobs: this.blobs,
      onExecution: (execution) => this.executions.push(execution),
      onCallback: (callback) => this.callbacks.push(callback),
    });
    const executor = this.#executor;
    this.#state = await createMemoryTickState({
      store,
      executor,
      clock: this.clock,
      isStopping: () => executor !== this.#executor || this.#isDead,
      background: (work) => this.#background.push(work),
    });
    state.current = this.#state;
    await claim(this.#state);
  }

  /** DAGs of the test answer for themselves, all others as the test says. */
  #calls(own: WorkerCalls): WorkerCalls {
    const { dags, otherDags } = this.#options;
    const known = new Set(dags.map(({ graph }) => graph.dagId));
    const side = (dagId: string): MemoryEngineOptions["otherDags"] => (known.has(dagId) ? own : otherDags);
    return {
      ...own,
      trigger: (ask) => side(ask.dagId).trigger(ask),
      clearRun: (ask) => side(ask.dagId).clearRun(ask),
      stateOf: (ask) => side(ask.dagId).stateOf(ask),
      look: (ask) => side(ask.dagId).look(ask),
    };
  }

  #atCommit(batch: CommitBatch, when: "before" | "after"): void {
    if (batch.runs.length === 0) return;
    if (when === "before") this.#commits += 1;
    if (this.#commits > MOST_COMMITS) throw new Error(`the run never ends: ${this.#whatWaits()}`);
    if (this.#options.dies?.({ number: this.#commits, when, batch }) !== true) return;
    this.#deaths += 1;
    if (this.#deaths > MOST_DEATHS)
      throw new Error(`the process has died ${MOST_DEATHS} times: it is to die at every commit, and nothing gets done`);
    this.#isDead = true;
    this.#executor.die();
    throw new Death();
  }

  #dag(dagId: string): BuiltDag {
    const dag = this.#options.dags.find(({ graph }) => graph.dagId === dagId);
    if (dag === undefined) throw new Error(`the test has no DAG ${dagId}`);
    return dag;
  }

  #whatWaits(): string {
    const open = [...this.store.runs.values()].filter((run) => !run.isFinished);
    return open
      .map(({ row, rows }) => {
        const states = rows.map(
          ({ taskId, mapIndex, state }) => `${taskId}${mapIndex < 0 ? "" : `[${mapIndex}]`} ${state}`,
        );
        return `${row.dagId} ${row.runKey} is ${row.state} (${states.slice(0, 20).join(", ")})`;
      })
      .join("; ");
  }
}
