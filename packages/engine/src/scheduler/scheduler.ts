// R7. One timer, at most 60 s ahead; the database clock decides, corrected by every heartbeat and commit.
// R10. Heartbeat every 2 s, dead after 15 s; a scheduler judges others only while its own heartbeats succeed.
import { isMillraceError, type EngineStore, type Executor, type Report, type Run } from "@millrace/core";
import { setTimeout as sleep } from "node:timers/promises";
import type { CorrectableClock } from "../clock.ts";
import { processStartedAt } from "../executors/local/process-started-at.ts";
import { handOver, isLatestRun } from "./effects.ts";
import { Grants } from "./grants.ts";
import { OwnedDags, runFromRows } from "./owned-dags.ts";
import { PastReader } from "./past.ts";
import { RecentResults } from "./recent-results.ts";
import { RunIdBlock } from "./run-id-block.ts";
import { ScheduleClock } from "./create-runs.ts";
import { deliverCallbacks } from "./outbox.ts";
import { hasMore, tick, wakeDag } from "./tick.ts";
import { Mail, type EngineLog, type FaultPoint, type TickState, type CommittedRun } from "./tick-state.ts";

const HEARTBEAT_MS = 2_000;
const DEAD_AFTER_MICROS = 15_000_000;
const LONGEST_TIMER_MS = 60_000;
const CLOCK_JUMP_MICROS = 1_000_000;

/** Ports and identity of a scheduler. */
export interface SchedulerOptions {
  readonly store: EngineStore;
  readonly executor: Executor;
  readonly clock: CorrectableClock;
  readonly log: EngineLog;
  readonly host: string;
  readonly pid: number;
  readonly pidStartedAt: string;
  /** Drives only these DAGs, and only claims them when nobody else does. Default: its fair share of all. */
  readonly onlyDags?: readonly string[];
  readonly fault?: (point: FaultPoint) => void;
  readonly onCommit?: (runs: readonly CommittedRun[]) => void;
}

/** Drives DAGs: gathers what happens and ticks. Safe to run several on one database. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  #state: TickState | undefined;
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #unlisten: (() => Promise<void>) | undefined;
  #ticking: Promise<void> | undefined;
  #wakeAgain = false;
  #takesWork = true;
  readonly #stopping = new AbortController();
  readonly #background = new Set<Promise<void>>();
  #aliveSinceMs = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** The run of a dispatch that is alive here. */
  runOf(dispatchId: string): number | undefined {
    return this.#state?.owned.dispatches.get(dispatchId)?.runId;
  }

  get schedulerId(): number {
    return this.#live.schedulerId;
  }

  /** DAGs that this scheduler drives now. */
  get ownedDagIds(): readonly string[] {
    return [...this.#live.owned.dags.keys()];
  }

  /** Instances that are queued or running, by dispatch. */
  get liveDispatches(): number {
    return this.#live.owned.dispatches.size;
  }

  /** Registers, takes DAGs over with all their unfinished runs, and begins to tick. */
  async start(): Promise<void> {
    const { store, clock } = this.#options;
    await this.#register();
    await this.#endGoneNeighbours();
    this.#aliveSinceMs = clock.monotonicMs();
    this.#unlisten = await store.listen({
      inbox: () => this.#wakeFor((mail) => (mail.inboxMayHaveRows = true)),
      dags: () => this.#wakeFor((mail) => (mail.dagsMayHaveChanged = true)),
      pools: () => this.#refreshGrants(),
    });
    await this.#claim();
    this.#armHeartbeat();
    this.wake();
  }

  /** Takes what workers and the executor say. The caller is the executor's report sink. */
  report(reports: readonly Report[]): void {
    if (!this.#state) return;
    for (const report of reports) this.#state.mail.reports.push(report);
    this.wake();
  }

  /** The DAG processor saved something: look at DAGs anew. */
  dagsChanged(): void {
    this.#wakeFor((mail) => (mail.dagsMayHaveChanged = true));
  }

  /** Ticks as soon as this turn of the event loop is over. */
  wake(): void {
    if (!this.#state || this.#stopping.signal.aborted) return;
    this.#wakeAgain = true;
    this.#ticking ??= this.#tickUntilIdle().finally(() => {
      this.#ticking = undefined;
      if (this.#wakeAgain) this.wake();
    });
  }

  /** Takes no new work; what runs may end. */
  drain(): void {
    this.#takesWork = false;
  }

  /** Waits until every report that has arrived is committed. */
  async settle(): Promise<void> {
    while (this.#ticking || (this.#state && hasMore(this.#state) && !this.#stopping.signal.aborted)) {
      this.wake();
      await this.#ticking;
    }
    await Promise.allSettled([...this.#background]);
  }

  /** Stops ticking and gives everything back at once, so that another scheduler goes on without waiting (R10). */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#heartbeat);
    await this.#ticking;
    await this.#unlisten?.();
    await Promise.allSettled([...this.#background]);
    await this.#options.store.endScheduler(this.#live.schedulerId).catch((error: unknown) => {
      this.#options.log.warn({ error: String(error) }, "scheduler could not sign off");
    });
  }

  get #live(): TickState {
    if (!this.#state) throw new Error("the scheduler has not been started");
    return this.#state;
  }

  async #register(): Promise<void> {
    const { store, executor, clock, log, host, pid, pidStartedAt, fault, onCommit } = this.#options;
    const schedulerId = await store.registerScheduler({ host, pid, pidStartedAt });
    const owned = new OwnedDags();
    this.#state = {
      schedulerId,
      store,
      executor,
      clock,
      log,
      owned,
      schedule: new ScheduleClock(),
      past: new PastReader(owned, store),
      results: new RecentResults(),
      grants: new Grants(store, schedulerId),
      runIds: new RunIdBlock(store),
      mail: new Mail(),
      pause: (ms) => sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined),
      isStopping: () => this.#stopping.signal.aborted,
      takesWork: () => this.#takesWork,
      background: (work, what) => this.#runBeside(work, what),
      startUnsent: (run) => this.#startUnsent(run),
      ...(fault && { fault }),
      ...(onCommit && { onCommit }),
    };
    await this.#state.grants.refresh(owned);
  }

  /** Schedulers of this host whose process is gone are ended now; nobody has to wait for their heartbeat to grow old. */
  async #endGoneNeighbours(): Promise<void> {
    const { store, host, log } = this.#options;
    for (const neighbour of await store.schedulersOfHost(host)) {
      if (neighbour.schedulerId === this.schedulerId) continue;
      if ((await processStartedAt(neighbour.pid)) === neighbour.pidStartedAt) continue;
      await store.endScheduler(neighbour.schedulerId);
      log.info({ schedulerId: neighbour.schedulerId, pid: neighbour.pid }, "scheduler of a process that is gone ended");
    }
  }

  async #tickUntilIdle(): Promise<void> {
    const state = this.#live;
    clearTimeout(this.#timer);
    try {
      for (;;) {
        this.#wakeAgain = false;
        await new Promise(setImmediate);
        if (this.#stopping.signal.aborted) return;
        if (state.mail.dagsMayHaveChanged) await this.#claim();
        const more = await tick(state);
        if (!more && !this.#wakeAgain) break;
      }
      if (state.grants.isStarved) this.#refreshGrants();
      if (state.mail.outboxMayHaveRows) this.#runBeside(deliverCallbacks(state), "callbacks");
    } catch (error) {
      if (!this.#stopping.signal.aborted) await this.#recover(error);
    }
    this.#armTimer();
  }

  /** A tick failed: nothing was applied that was not committed, so the rows are the truth. Memory is read anew. */
  async #recover(error: unknown): Promise<void> {
    const { log, clock } = this.#options;
    const state = this.#live;
    const isOutage = isMillraceError(error) && error.code === "STORE_UNAVAILABLE";
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      isOutage ? "database does not answer" : "tick failed; memory is read anew",
    );
    await state.pause(isOutage ? 1_000 : 250);
    const reports = state.mail.reports;
    try {
      state.owned.clear();
      await this.#claim();
      state.mail.reports.push(...reports.filter((report) => !state.mail.reports.includes(report)));
      state.mail.inboxMayHaveRows = true;
    } catch (again) {
      log.warn({ error: String(again), at: clock.now() }, "database does not answer yet");
    }
    this.#wakeAgain = true;
  }

  /** Takes its share of DAGs, and their unfinished runs into memory. */
  async #claim(): Promise<void> {
    const { store, onlyDags } = this.#options;
    const state = this.#live;
    state.mail.dagsMayHaveChanged = false;
    const ids = onlyDags ? await this.#claimOnly(onlyDags) : await store.claimDags(state.schedulerId);
    const owned = new Set(ids);
    for (const dagId of state.owned.dags.keys()) if (!owned.has(dagId)) state.owned.dropDag(dagId);
    const rows = await store.loadDags(ids);
    const fresh = rows.filter((row) => !state.owned.dags.has(row.dagId)).map((row) => row.dagId);
    for (const row of rows) {
      const before = state.owned.dags.get(row.dagId)?.row;
      const dag = state.owned.addDag(row);
      if (before)
        dag.row = {
          ...row,
          ...(before.lastScheduled && isLater(before, row) && { lastScheduled: before.lastScheduled }),
          failedRunsInRow: before.failedRunsInRow,
        };
      wakeDag(state, row.dagId);
    }
    if (fresh.length === 0) return;
    const unfinished = await store.loadLiveRuns(fresh);
    if (unfinished.length > 0) state.fault?.("beforeTakeover");
    for (const { run: row, instances } of unfinished) {
      const dag = state.owned.dags.get(row.dagId);
      if (!dag) continue;
      const version = await state.owned.version(dag, row.dagVersion, store);
      this.#takeOver(runFromRows(row, instances, version.compiled));
    }
    if (unfinished.length > 0) state.fault?.("afterTakeover");
    state.owned.occupancy.rebuild(state.owned.runs.values());
    state.mail.inboxMayHaveRows = true;
    state.mail.assetsMayHaveEvents = true;
  }

  async #claimOnly(dagIds: readonly string[]): Promise<readonly string[]> {
    const claimed: string[] = [];
    for (const dagId of dagIds)
      if (await this.#options.store.claimDag(this.#live.schedulerId, dagId)) claimed.push(dagId);
    return claimed;
  }

  /** R9: a dispatch that nobody here holds ended with its scheduler; its try starts again under a new id. */
  #takeOver(run: Run): void {
    const state = this.#live;
    if (state.owned.runs.has(run.head.runId)) return;
    state.owned.addRun(run);
    state.owned.index(run);
    for (const [slot, dispatchId] of run.dispatchId) {
      if (state.executor.holds(dispatchId)) continue;
      const mayHaveRun = run.stateOf(slot) !== "queued";
      const message = "the scheduler that ran it ended";
      state.mail.reports.push({
        kind: "lost",
        dispatchId,
        runId: run.head.runId,
        cause: { code: "SCHEDULER_ENDED", message },
        mayHaveRun,
        guilty: false,
        blameless: true,
      });
    }
    state.mail.post(run.head.runId, { kind: "evaluate" });
  }

  #startUnsent(run: Run): void {
    const state = this.#live;
    const dag = state.owned.dags.get(run.head.dagId);
    const version = dag?.versions.get(run.head.dagVersion);
    if (!dag || !version) return;
    const unsent = [...run.dispatchId].filter(
      ([slot, id]) => run.stateOf(slot) === "queued" && !state.executor.holds(id),
    );
    handOver(
      state,
      unsent.map(([slot]) => ({ run, slot, version, isLatest: isLatestRun(dag, run) })),
    );
  }

  #wakeFor(note: (mail: Mail) => void): void {
    if (!this.#state) return;
    note(this.#state.mail);
    this.wake();
  }

  #refreshGrants(): void {
    if (!this.#state) return;
    this.#runBeside(
      this.#state.grants.refresh(this.#state.owned).then((changed) => {
        if (changed) this.wake();
      }),
      "pool grants",
    );
  }

  #runBeside(work: Promise<void>, what: string): void {
    const guarded: Promise<void> = work
      .catch((error: unknown) => this.#options.log.warn({ error: String(error), what }, "work beside the ticks failed"))
      .finally(() => this.#background.delete(guarded));
    this.#background.add(guarded);
  }

  #armTimer(): void {
    const state = this.#state;
    if (!state || this.#stopping.signal.aborted) return;
    clearTimeout(this.#timer);
    const next = Math.min(state.owned.nextDueAt() ?? Infinity, state.schedule.nextAt() ?? Infinity);
    if (next === Infinity) return;
    const ms = Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil((next - state.clock.now()) / 1_000)));
    this.#timer = setTimeout(() => this.wake(), ms);
  }

  #armHeartbeat(): void {
    if (this.#stopping.signal.aborted) return;
    this.#heartbeat = setTimeout(() => {
      this.#runBeside(
        this.#beat().finally(() => this.#armHeartbeat()),
        "heartbeat",
      );
    }, HEARTBEAT_MS);
  }

  async #beat(): Promise<void> {
    const { store, clock, log } = this.#options;
    const state = this.#live;
    const sentAt = clock.monotonicMs();
    let beat;
    try {
      beat = await store.heartbeat(state.schedulerId);
    } catch (error) {
      this.#aliveSinceMs = clock.monotonicMs();
      throw error;
    }
    if (this.#stopping.signal.aborted) return;
    const moved = clock.correct(beat.now, sentAt);
    if (Math.abs(moved) > CLOCK_JUMP_MICROS) {
      log.warn({ movedMicros: moved }, "clock corrected");
      this.wake();
    }
    if (!beat.alive) {
      await this.#deposed();
      return;
    }
    if (clock.monotonicMs() - this.#aliveSinceMs > DEAD_AFTER_MICROS / 1_000) {
      const dead = await store.endDeadSchedulers(state.schedulerId, DEAD_AFTER_MICROS);
      if (dead.length > 0) log.warn({ schedulerIds: dead }, "dead schedulers ended");
    }
    await state.grants.refresh(state.owned);
    state.mail.inboxMayHaveRows = true;
    state.mail.outboxMayHaveRows = true;
    const owned = this.#options.onlyDags ? [...state.owned.dags.keys()] : await store.claimDags(state.schedulerId);
    if (owned.length !== state.owned.dags.size || owned.some((dagId) => !state.owned.dags.has(dagId)))
      state.mail.dagsMayHaveChanged = true;
    this.wake();
  }

  /** R10: others have judged this scheduler dead. Its children stop, its memory goes, and it begins again as a new one. */
  async #deposed(): Promise<void> {
    const { log, executor } = this.#options;
    const state = this.#live;
    log.warn({ schedulerId: state.schedulerId }, "deposed: another scheduler took over");
    executor.stop([...state.owned.dispatches.keys()], "the scheduler was deposed");
    this.#state = undefined;
    await this.#ticking;
    state.owned.clear();
    await this.#register();
    this.#aliveSinceMs = this.#options.clock.monotonicMs();
    await this.#claim();
    this.wake();
  }
}

function isLater(
  a: { readonly lastScheduled?: { readonly logicalDate: number } },
  b: { readonly lastScheduled?: { readonly logicalDate: number } },
): boolean {
  return (a.lastScheduled?.logicalDate ?? -Infinity) > (b.lastScheduled?.logicalDate ?? -Infinity);
}
