// R7. One timer, at most 60 s ahead; the database clock decides, corrected by every heartbeat and commit.
// R10. Heartbeat every 2 s, dead after 15 s; a scheduler judges others only while its own heartbeats succeed.
import type { EngineStore, Executor, Report, Run, StoredSnapshot, SystemRules } from "@millrace/core";
import { setTimeout as sleep } from "node:timers/promises";
import type { CorrectableClock } from "../clock.ts";
import { processStartedAt } from "../executors/local/process-started-at.ts";
import { land } from "./commit-batch.ts";
import { handOver, isLatestRun } from "./effects.ts";
import { Grants } from "./grants.ts";
import { claim } from "./claim.ts";
import { OwnedDags } from "./owned-dags.ts";
import { PastReader } from "./past.ts";
import { RecentResults } from "./recent-results.ts";
import { RunIdBlock } from "./run-id-block.ts";
import { ScheduleClock } from "./create-runs.ts";
import { deliverCallbacks } from "./outbox.ts";
import { hasMore, tick } from "./tick.ts";
import {
  endedDispatches,
  Mail,
  type EngineLog,
  type FaultPoint,
  type TickState,
  type CommittedRun,
} from "./tick-state.ts";
import { schedulerGauges } from "../metrics/scheduler-gauges.ts";
import type { RunTracer } from "../tracing/tracers.ts";
import { SchedulerMeter } from "../metrics/scheduler-meter.ts";
import { isUnavailable } from "./until-answered.ts";

const HEARTBEAT_MS = 2_000;
const DEAD_AFTER_MICROS = 15_000_000;
const LONGEST_TIMER_MS = 60_000;
const CLOCK_JUMP_MICROS = 1_000_000;
/** Between two of its own heartbeats; beyond, the process itself stood still. */
const LONGEST_SILENCE_MS = 5_000;

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
  /** What the system's operator decided for all DAGs. Default: what holds where nobody did. */
  readonly rules?: SystemRules;
  /** Hears of ends of runs and tries. Default: nobody traces. */
  readonly tracer?: RunTracer;
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
  #onWake: (() => void) | undefined;
  #takesWork = true;
  readonly #stopping = new AbortController();
  readonly #background = new Set<Promise<void>>();
  /** Its own heartbeats have succeeded since then, and the last one then. */
  #aliveSinceMs = 0;
  #beatAtMs = 0;
  readonly #meter = new SchedulerMeter();
  /** When what the next tick takes up had come, if something has. */
  #calledAtMs: number | undefined;

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

  /** Unfinished runs in memory. Those that only wait for a far time are not among them. */
  get runsInMemory(): number {
    return this.#live.owned.runs.size;
  }

  /** Instances that are queued or running, by dispatch. */
  get liveDispatches(): number {
    return this.#live.owned.dispatches.size;
  }

  /** What it has counted, and what is true now; undefined while it is not registered. O(runs in memory). */
  metrics(): StoredSnapshot | undefined {
    if (!this.#state) return undefined;
    const snapshot = this.#meter.snapshot(schedulerGauges(this.#state));
    return { source: `scheduler:${this.#state.schedulerId}`, snapshot };
  }

  /** Registers, takes DAGs over with all their unfinished runs, and begins to tick. */
  async start(): Promise<void> {
    const { store, clock } = this.#options;
    const state = await this.#register();
    await this.#endGoneNeighbours(state);
    this.#aliveSinceMs = clock.monotonicMs();
    this.#beatAtMs = this.#aliveSinceMs;
    this.#unlisten = await store.listen({
      inbox: () => this.#wakeFor((mail) => (mail.inboxMayHaveRows = true)),
      dags: () => this.#wakeFor((mail) => (mail.dagsMayHaveChanged = true)),
      pools: () => this.#wakeFor((mail) => (mail.grantsDue = true)),
    });
    await claim(state, this.#options.onlyDags);
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
    this.#calledAtMs ??= this.#options.clock.monotonicMs();
    this.#onWake?.();
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
    if (!this.#state) return;
    await this.#options.store.endScheduler(this.#state.schedulerId).catch((error: unknown) => {
      this.#options.log.warn({ error: String(error) }, "scheduler could not sign off");
    });
  }

  get #live(): TickState {
    if (!this.#state) throw new Error("the scheduler has not been started");
    return this.#state;
  }

  async #register(): Promise<TickState> {
    const { store, executor, clock, log, host, pid, pidStartedAt, tracer, fault, onCommit } = this.#options;
    // R7: before anything is decided, by whatever the host's clock says.
    const sentAt = clock.monotonicMs();
    clock.correct(await store.now(), sentAt);
    const schedulerId = await store.registerScheduler({ host, pid, pidStartedAt });
    const owned = new OwnedDags(this.#options.rules);
    const state: TickState = {
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
      meter: this.#meter,
      sending: new Set(),
      uncommitted: new Set(),
      pause: (ms) => sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined),
      isStopping: () => this.#isOver(state),
      takesWork: () => this.#takesWork,
      background: (work, what) => this.#runBeside(work, what),
      startUnsent: (run) => this.#startUnsent(state, run),
      ...(tracer && { tracer }),
      ...(fault && { fault }),
      ...(onCommit && { onCommit }),
    };
    await state.grants.refresh(owned);
    this.#state = state;
    return state;
  }

  /** Schedulers of this host whose process is gone are ended now; nobody has to wait for their heartbeat to grow old. */
  async #endGoneNeighbours({ schedulerId }: TickState): Promise<void> {
    const { store, host, log } = this.#options;
    for (const neighbour of await store.schedulersOfHost(host)) {
      if (neighbour.schedulerId === schedulerId) continue;
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
        if (this.#isOver(state)) return;
        this.#noteLag();
        const { dagsMayHaveChanged, claimDue, grantsDue } = state.mail;
        if (dagsMayHaveChanged || claimDue || grantsDue) await land(state);
        if (dagsMayHaveChanged || claimDue) await claim(state, this.#options.onlyDags);
        if (grantsDue) this.#refreshGrants(state);
        const more = await tick(state);
        if (more || this.#wakeAgain) continue;
        if (!state.flight) break;
        await Promise.race([state.flight.outcome, this.#nextWake()]);
        if (state.flight.isOver) await land(state);
      }
      if (state.grants.isStarved) this.#refreshGrants(state);
      if (state.mail.outboxMayHaveRows) this.#runBeside(this.#deliver(state), "callbacks");
    } catch (error) {
      await this.#recover(state, error);
    } finally {
      // What was sent is answered before anything else happens to memory or to the connection.
      await land(state).catch((error: unknown) => {
        this.#options.log.warn({ error: String(error) }, "commit failed while the scheduler stopped");
      });
    }
    this.#armTimer();
  }

  #noteLag(): void {
    if (this.#calledAtMs === undefined) return;
    this.#meter.tookUp(this.#options.clock.monotonicMs() - this.#calledAtMs);
    this.#calledAtMs = undefined;
  }

  /** Resolves when something new has arrived. */
  #nextWake(): Promise<void> {
    return new Promise((resolve) => (this.#onWake = resolve));
  }

  /** It stops, or goes on under another id. */
  #isOver(state: TickState): boolean {
    return this.#stopping.signal.aborted || this.#state !== state;
  }

  /**
   * A tick failed: nothing was applied that was not committed, so the rows are the truth. Nothing is forgotten before they can be read, and no tick
   * runs meanwhile: reports wait, and workers are still answered from memory.
   */
  async #recover(state: TickState, error: unknown): Promise<void> {
    const { log, store, onlyDags } = this.#options;
    await land(state).catch(() => undefined);
    if (this.#isOver(state)) return;
    const isOutage = isUnavailable(error);
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      isOutage ? "database does not answer" : "tick failed; memory is read anew",
    );
    for (let wait = isOutage ? 1_000 : 250; ; wait = 1_000) {
      await state.pause(wait);
      if (this.#isOver(state)) return;
      try {
        await store.now();
        state.owned.clear();
        state.results.clear();
        state.uncommitted.clear();
        await claim(state, onlyDags);
        break;
      } catch (again) {
        log.warn({ error: String(again), reports: state.mail.reports.length }, "ticks wait for the database");
      }
    }
    state.mail.inboxMayHaveRows = true;
    this.#wakeAgain = true;
    log.info({ runs: state.owned.runs.size, reports: state.mail.reports.length }, "memory was read anew; ticks go on");
  }

  #startUnsent(state: TickState, run: Run): void {
    const dag = state.owned.dags.get(run.head.dagId);
    const version = state.owned.versions.find(run.head.dagId, run.head.dagVersion);
    if (!dag || !version) return;
    // Now, not only when its inputs have been read: by then the next tick may have taken the report out of the mail.
    const ended = endedDispatches(state);
    const unsent = [...run.dispatchId].filter(
      ([slot, id]) => run.stateOf(slot) === "queued" && !state.executor.holds(id) && !ended.has(id),
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

  /** More than one go of callbacks is taken when the scheduler is idle the next time: it may be idle already. */
  async #deliver(state: TickState): Promise<void> {
    if (await deliverCallbacks(state)) this.wake();
  }

  /** Between ticks only: then what is in use is committed (R6). */
  #refreshGrants(state: TickState): void {
    state.mail.grantsDue = false;
    this.#runBeside(
      state.grants.refresh(state.owned).then((changed) => {
        if (changed) this.wake();
      }),
      "pool grants",
    );
  }

  #runBeside(work: Promise<void>, what: string): void {
    const guarded: Promise<void> = work
      .catch((error: unknown) => {
        const event = isUnavailable(error) ? "database does not answer" : "work beside the ticks failed";
        this.#options.log.warn({ what, error: String(error) }, event);
      })
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
    const dueAtMs = state.clock.monotonicMs() + ms;
    this.#timer = setTimeout(() => {
      this.#calledAtMs ??= dueAtMs;
      this.wake();
    }, ms);
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
    const state = this.#state;
    if (!state) return await this.#rejoin();
    const sentAt = clock.monotonicMs();
    // A process that stood still has heard nothing of others, who may have stood still with it.
    if (sentAt - this.#beatAtMs > LONGEST_SILENCE_MS) this.#aliveSinceMs = sentAt;
    let beat;
    try {
      beat = await store.heartbeat(state.schedulerId);
    } catch (error) {
      this.#aliveSinceMs = clock.monotonicMs();
      throw error;
    } finally {
      this.#beatAtMs = clock.monotonicMs();
    }
    if (this.#stopping.signal.aborted) return;
    const moved = clock.correct(beat.now, sentAt);
    if (Math.abs(moved) > CLOCK_JUMP_MICROS) log.warn({ movedMicros: moved }, "clock corrected");
    if (!beat.alive) {
      await this.#deposed(state);
      return;
    }
    if (clock.monotonicMs() - this.#aliveSinceMs > DEAD_AFTER_MICROS / 1_000) {
      const dead = await store.endDeadSchedulers(state.schedulerId, DEAD_AFTER_MICROS);
      if (dead.length > 0) log.warn({ schedulerIds: dead }, "dead schedulers ended");
    }
    const { mail } = state;
    mail.inboxMayHaveRows = mail.outboxMayHaveRows = mail.grantsDue = mail.claimDue = true;
    this.wake();
  }

  /** R10: others have judged this scheduler dead. Its children stop, its memory goes, and it begins again as a new one. */
  async #deposed(state: TickState): Promise<void> {
    const { log, executor } = this.#options;
    log.warn({ schedulerId: state.schedulerId }, "deposed: another scheduler took over");
    executor.stop([...state.owned.dispatches.keys()], "the scheduler was deposed");
    this.#state = undefined;
    await this.#ticking;
    state.owned.clear();
    await this.#rejoin();
  }

  /** What fails here is done again with the next heartbeat. */
  async #rejoin(): Promise<void> {
    const state = await this.#register();
    this.#aliveSinceMs = this.#beatAtMs = this.#options.clock.monotonicMs();
    state.mail.claimDue = true;
    this.#options.log.info({ schedulerId: state.schedulerId }, "registered again");
    this.wake();
  }
}
