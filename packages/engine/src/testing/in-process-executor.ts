// R3, R9. As in a worker: a dispatch that was stopped is dead, and a single attempt waits for the word that `running` is committed.
import { setImmediate, setTimeout as wait } from "node:timers/promises";
import type {
  BlobStore,
  BuiltDag,
  CallbackAnswer,
  CallbackDispatch,
  Dispatch,
  Executor,
  Micros,
  Outcome,
  Report,
  WorkerCalls,
} from "@millrace/core";
import type { LogLine } from "../logs/log-line.ts";
import { flushPartial } from "../worker/capture-output.ts";
import { endOfTry, lineOfEnd, overrunOutcome, type Overrun } from "../worker/end-of-try.ts";
import { outcomeOfError } from "../worker/outcome-of.ts";
import { answerCallback } from "../worker/run-callback.ts";
import { runTry } from "../worker/run-try.ts";
import type { TryDetails } from "../worker/running-body.ts";
import { tryScope, writeLine, type TryScope } from "../worker/try-scope.ts";
import type { WorkerTools } from "../worker/worker-tools.ts";
import { inProcessTools } from "./in-process-tools.ts";
import { MemoryLog } from "./memory-log.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What an executor in this process is made with. */
export interface InProcessExecutorOptions {
  readonly clock: VirtualClock;
  readonly dags: ReadonlyMap<string, BuiltDag>;
  readonly calls: Omit<WorkerCalls, "bundle">;
  /** Large results; they outlive the executor. */
  readonly blobs: BlobStore;
  /** Told of each dispatch as it begins: its lines grow while it runs. */
  readonly onExecution: (execution: Execution) => void;
  readonly onCallback: (callback: RanCallback) => void;
}

/** One dispatch, as it ran here. */
export interface Execution {
  readonly dispatch: Dispatch;
  readonly startedAt: Micros;
  readonly lines: readonly LogLine[];
  /** Absent while it runs, and for good when its process died first. */
  outcome?: Outcome;
}

/** A callback that was called. */
export interface RanCallback {
  readonly callback: CallbackDispatch;
  readonly at: Micros;
  readonly lines: readonly LogLine[];
  /** What it threw; it may be called again then. */
  readonly error?: string;
}

interface HeldTry {
  readonly dispatch: Dispatch;
  readonly execution: Execution;
  readonly scope: TryScope;
  readonly details: TryDetails;
  /** Dispatches report in the order in which they were handed over, so that a test goes the same way each time. */
  readonly order: number;
  /** It waits for time to pass, or for an answer of the engine: so many times over. */
  blocked: number;
  isWaiting: boolean;
  toldStarted: boolean;
  isOver: boolean;
  overrun?: Overrun;
  acknowledge?: () => void;
  forgetTimeout: () => void;
}

const WORKER = "in-process";
/** Code that goes on for so long, really, is told to have started, and others are no longer kept waiting for it. */
const QUIET_MS = 250;

/** Runs dispatches in this process, on a clock that waits for them: code takes no time unless it sleeps by this clock. */
export class InProcessExecutor implements Executor {
  readonly capacity = Number.MAX_SAFE_INTEGER;
  readonly #options: InProcessExecutorOptions;
  readonly #tools: WorkerTools;
  readonly #held = new Map<string, HeldTry>();
  #reports: { readonly order: number; readonly report: Report }[] = [];
  #started = 0;
  #onChange: () => void = () => undefined;
  #isDead = false;

  constructor(options: InProcessExecutorOptions) {
    this.#options = options;
    const { clock, dags, blobs } = options;
    this.#tools = inProcessTools({
      clock,
      dags,
      blobs,
      calls: this.#blocking(options.calls),
      pause: (ms, signal) => this.sleep(ms * 1_000, signal),
    });
  }

  /** True when all that runs here waits for time, for the engine, or not at all. */
  get isSettled(): boolean {
    for (const held of this.#held.values()) if (held.blocked === 0) return false;
    return true;
  }

  get hasReports(): boolean {
    return this.#reports.length > 0;
  }

  /** Tries that run here and have not ended. */
  get running(): readonly Dispatch[] {
    return [...this.#held.values()].map(({ dispatch }) => dispatch);
  }

  /**
   * Resolves when nothing here goes on by itself any more; while some code takes long, as soon as there is a report of another. So what waits for
   * that report (to be stopped by it, for example) gets it, and a test of quick bodies goes the same way each time.
   */
  async settled(): Promise<void> {
    // Nearly all bodies end within a turn of the event loop.
    if (!this.isSettled) await setImmediate();
    while (!this.isSettled) {
      if (await this.#changesSoon()) continue;
      for (const held of this.#held.values()) if (held.blocked === 0) this.#tellStarted(held);
      if (this.hasReports) return;
    }
  }

  async #changesSoon(): Promise<boolean> {
    const over = new AbortController();
    const changed = new Promise<boolean>((resolve) => (this.#onChange = () => resolve(true)));
    const late = wait(QUIET_MS, false, { signal: over.signal }).catch(() => true);
    return await Promise.race([changed, late]).finally(() => over.abort());
  }

  /** The next report for the engine; undefined when there is none. */
  takeReport(): Report | undefined {
    const order = Math.min(...this.#reports.map((one) => one.order));
    const first = this.#reports.find((one) => one.order === order);
    this.#reports = this.#reports.filter((one) => one !== first);
    return first?.report;
  }

  /** Sleeps by the clock of the test, inside a body. @throws the signal's reason as soon as it fires. */
  async sleep(micros: Micros, signal: AbortSignal): Promise<void> {
    const held = this.#held.get(tryScope.getStore()?.id ?? "");
    const { clock } = this.#options;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const go = (settle: () => void): void => {
      forget();
      signal.removeEventListener("abort", stop);
      if (held) this.#block(held, -1);
      settle();
    };
    const stop = (): void => go(() => reject(signal.reason as Error));
    const forget = clock.at(clock.now() + micros, () => go(resolve));
    signal.addEventListener("abort", stop, { once: true });
    if (held) {
      this.#tellStarted(held);
      this.#block(held, 1);
    }
    await promise;
  }

  /** The process dies: nothing of what runs here is heard of again. */
  die(): void {
    this.#isDead = true;
    this.#reports = [];
    for (const held of [...this.#held.values()]) this.#abandon(held, "its process died");
  }

  start(dispatches: readonly Dispatch[]): void {
    if (this.#isDead) return;
    for (const dispatch of dispatches) this.#start(dispatch);
  }

  stop(dispatchIds: readonly string[], reason: string): void {
    for (const id of dispatchIds) {
      const held = this.#held.get(id);
      if (held) this.#abandon(held, `stopped: ${reason}`);
    }
  }

  acknowledgeStarted(dispatchIds: readonly string[]): void {
    for (const id of dispatchIds) this.#held.get(id)?.acknowledge?.();
  }

  async runCallback(callback: CallbackDispatch): Promise<CallbackAnswer> {
    const { clock, onCallback } = this.#options;
    const log = new MemoryLog(() => clock.now(), this.#tools.secrets.mask);
    const scope = scopeOf(`callback-${callback.callbackId}`, log);
    const answer = await answerCallback(callback, { tools: this.#tools, scope });
    onCallback({ callback, at: clock.now(), lines: log.lines, ...(!answer.ok && { error: answer.error }) });
    return answer;
  }

  holds(dispatchId: string): boolean {
    return this.#held.has(dispatchId) || this.#reports.some(({ report }) => report.dispatchId === dispatchId);
  }

  drain(): Promise<readonly string[]> {
    return Promise.resolve([...this.#held.keys()]);
  }

  async close(): Promise<void> {
    this.die();
  }

  #start(dispatch: Dispatch): void {
    const { clock, onExecution } = this.#options;
    const log = new MemoryLog(() => clock.now(), this.#tools.secrets.mask);
    const execution: Execution = { dispatch, startedAt: clock.now(), lines: log.lines };
    const held: HeldTry = {
      dispatch,
      execution,
      scope: scopeOf(dispatch.dispatchId, log),
      details: {},
      order: (this.#started += 1),
      blocked: 0,
      isWaiting: false,
      toldStarted: false,
      isOver: false,
      forgetTimeout: () => undefined,
    };
    this.#held.set(dispatch.dispatchId, held);
    onExecution(execution);
    this.#armTimeout(held);
    tryScope
      .run(held.scope, () =>
        runTry(dispatch, {
          tools: this.#tools,
          scope: held.scope,
          details: held.details,
          whenCommitted: () => this.#whenCommitted(held),
          setWaiting: (waiting) => this.#setWaiting(held, waiting),
        }),
      )
      .then(
        (outcome) => this.#settle(held, outcome),
        (error: unknown) => this.#settle(held, outcomeOfError(error)),
      );
  }

  #armTimeout(held: HeldTry): void {
    const { clock } = this.#options;
    const { executionTimeoutMicros: micros, tryStartedAt = clock.now() } = held.dispatch;
    if (micros === undefined) return;
    const seconds = micros / 1_000_000;
    const cause = {
      code: "TIMEOUT",
      message: `ran longer than its execution timeout of ${seconds} s (executionTimeout)`,
    };
    held.forgetTimeout = clock.at(tryStartedAt + micros, () => this.#timeOut(held, { cause, timedOut: true }));
  }

  /** Abandon first: its code is asked to end, and left behind after the grace. */
  #timeOut(held: HeldTry, overrun: Overrun): void {
    const { clock } = this.#options;
    const { graceMs } = this.#tools.limits;
    held.overrun = overrun;
    const grace = `${graceMs / 1_000} s`;
    const msg = `${overrun.cause.message}; its code has ${grace} to end`;
    writeLine(held.scope, { level: "warn", source: "millrace", msg });
    held.forgetTimeout = clock.at(clock.now() + graceMs * 1_000, () => {
      const message = `${overrun.cause.message}, and its code did not end within the grace of ${grace}`;
      held.overrun = { ...overrun, cause: { ...overrun.cause, message } };
      this.#settle(held, overrunOutcome(held.overrun));
    });
    const reason = Object.assign(new Error(overrun.cause.message), { name: "TimeoutError" });
    tryScope.run(held.scope, () => held.scope.controller.abort(reason));
  }

  async #whenCommitted(held: HeldTry): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tellStarted(held);
    held.acknowledge = () => {
      delete held.acknowledge;
      this.#block(held, -1);
      resolve();
    };
    this.#block(held, 1);
    await promise;
  }

  #setWaiting(held: HeldTry, waiting: boolean): boolean {
    if (held.isWaiting === waiting) return false;
    held.isWaiting = waiting;
    if (waiting) this.#tellStarted(held, { waits: true });
    return true;
  }

  #tellStarted(held: HeldTry, more: { readonly waits?: true } = {}): void {
    if (held.toldStarted && more.waits === undefined) return;
    held.toldStarted = true;
    const { dispatchId, run } = held.dispatch;
    const { startedAt } = held.execution;
    this.#report(held, { kind: "started", dispatchId, runId: run.runId, startedAt, workerId: WORKER, ...more });
  }

  #settle(held: HeldTry, ended: Outcome): void {
    if (held.isOver) return;
    const outcome = this.#tools.secrets.maskOutcome(endOfTry(ended, held.overrun));
    held.execution.outcome = outcome;
    flushPartial(held.scope);
    if (outcome.kind === "failed" || outcome.kind === "skipped") writeLine(held.scope, lineOfEnd(outcome));
    const { dispatchId, run } = held.dispatch;
    const { startedAt } = held.execution;
    const at = { dispatchId, runId: run.runId, workerId: WORKER, startedAt, endedAt: this.#options.clock.now() };
    this.#report(held, { kind: "ended", ...at, ...held.details, outcome });
    this.#forget(held);
  }

  #abandon(held: HeldTry, reason: string): void {
    this.#forget(held);
    tryScope.run(held.scope, () =>
      held.scope.controller.abort(Object.assign(new Error(reason), { name: "AbortError" })),
    );
  }

  #forget(held: HeldTry): void {
    held.isOver = true;
    held.forgetTimeout();
    this.#held.delete(held.dispatch.dispatchId);
    this.#onChange();
  }

  #report({ order }: HeldTry, report: Report): void {
    if (!this.#isDead) this.#reports.push({ order, report });
  }

  #block(held: HeldTry, by: 1 | -1): void {
    held.blocked += by;
    this.#onChange();
  }

  /** Commands are answered by the engine's next tick: who waits for one must not hold it up. */
  #blocking(calls: Omit<WorkerCalls, "bundle">): Omit<WorkerCalls, "bundle"> {
    const during = async <T>(call: () => Promise<T>): Promise<T> => {
      const held = this.#held.get(tryScope.getStore()?.id ?? "");
      if (held === undefined) return await call();
      this.#block(held, 1);
      return await call().finally(() => this.#block(held, -1));
    };
    return {
      ...calls,
      trigger: (ask) => during(() => calls.trigger(ask)),
      clearRun: (ask) => during(() => calls.clearRun(ask)),
      // A body that asks until the answer changes must let the engine go on.
      stateOf: (ask) => setImmediate().then(() => calls.stateOf(ask)),
      look: (ask) => setImmediate().then(() => calls.look(ask)),
    };
  }
}

function scopeOf(id: string, log: MemoryLog): TryScope {
  return {
    id,
    log,
    controller: new AbortController(),
    children: new Set(),
    partial: { stdout: "", stderr: "" },
    fail: () => undefined,
  };
}
