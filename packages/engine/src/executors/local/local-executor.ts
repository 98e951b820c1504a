// R8. A dispatch is reported exactly once, with a cause that names how its process ended when it did not end by itself.
// R10. Children exit when IPC closes; a starting executor first ends the survivors of an earlier one on its host.
import { hostname } from "node:os";
import {
  DEFAULT_RULES,
  type CallbackAnswer,
  type CallbackDispatch,
  type Dispatch,
  type Executor,
  type ExecutorUsage,
  type LogRef,
  type Report,
} from "@millrace/core";
import type { CorrectableClock } from "../../clock.ts";
import { codeCacheFolder } from "../../contained/code-cache.ts";
import { logFolder } from "../../logs/log-folder.ts";
import { recoverLog, recoverLogs } from "../../logs/recover-log.ts";
import type { FromWorker, WorkerSetup } from "../../worker/protocol.ts";
import { createCallAnswerer } from "./answer-call.ts";
import { childEnvironment } from "./child-environment.ts";
import { overdueAtMs, reportOfDeath, runsAlone, type HeldDispatch } from "./held-dispatch.ts";
import { defaultLimits, type LocalExecutorOptions, type LocalLimits } from "./local-limits.ts";
import { WorkerRecords } from "./survivors.ts";
import { countDispatches, countWorkers } from "./count-usage.ts";
import { Suspects } from "./suspects.ts";
import { WorkerPool } from "./worker-pool.ts";
import type { WorkerExit, WorkerProcess } from "./worker-process.ts";

const SWEEP_MS = 500;
/** How much longer than the grace a blocked loop is waited for. */
const BLOCKED_MS = 5_000;

/**
 * Runs dispatches in warm child processes of this machine, many tries in each.
 *
 * @param options.report gets every report, many at a time; it must not throw.
 * @returns once the survivors of an earlier executor of this host have been ended.
 */
export async function createLocalExecutor(options: LocalExecutorOptions): Promise<Executor> {
  const host = options.host ?? hostname();
  const records = new WorkerRecords(options.dataFolder, host);
  await records.endSurvivors();
  return new LocalExecutor(options, host, records);
}

interface HeldCallback {
  readonly worker: WorkerProcess;
  /** Monotonic milliseconds when its timeout, plus the grace, should long have ended it. */
  readonly overdueAtMs: number;
  readonly resolve: (answer: CallbackAnswer) => void;
}

class LocalExecutor implements Executor {
  readonly #options: LocalExecutorOptions;
  readonly #limits: LocalLimits;
  readonly #host: string;
  readonly #clock: CorrectableClock;
  readonly #pool: WorkerPool;
  readonly #held = new Map<string, HeldDispatch>();
  readonly #queued: HeldDispatch[] = [];
  readonly #suspects = new Suspects();
  readonly #callbacks = new Map<string, HeldCallback>();
  readonly #answer: ReturnType<typeof createCallAnswerer>;
  readonly #sweep: NodeJS.Timeout;
  readonly #born: string;
  #draining = false;
  #waiting = 0;
  #whenQuiet: (() => void)[] = [];

  constructor(options: LocalExecutorOptions, host: string, records: WorkerRecords) {
    this.#options = options;
    this.#limits = defaultLimits(options);
    this.#host = host;
    this.#clock = options.clock;
    this.#born = Math.floor(options.clock.now() / 1_000).toString(36);
    this.#answer = createCallAnswerer({ dataFolder: options.dataFolder, calls: options.calls });
    this.#pool = new WorkerPool({
      workers: this.#limits.workers,
      spares: this.#limits.spares,
      heapMb: this.#limits.memoryMb,
      env: {
        NODE_COMPILE_CACHE: codeCacheFolder(options.dataFolder, options.environment),
        ...childEnvironment(options.environment, options.environmentNames),
      },
      setup: (workerId) => this.#setup(workerId),
      records,
      nowMs: () => this.#clock.monotonicMs(),
      onMessages: (worker, messages) => this.#read(worker, messages),
      onExit: (worker, exit) => void this.#mourn(worker, exit),
    });
    // After the answers that have come: when this process itself stood still, they are all read late.
    this.#sweep = setInterval(() => setImmediate(() => this.#look()), SWEEP_MS).unref();
  }

  /** Grows by the tries that wait in code triggers: they hold no slot. */
  get capacity(): number {
    return this.#limits.concurrency + this.#waiting;
  }

  start(dispatches: readonly Dispatch[]): void {
    const now = this.#clock.now();
    const nowMs = this.#clock.monotonicMs();
    for (const dispatch of dispatches) {
      const held: HeldDispatch = { dispatch, handedAt: now, handedAtMs: nowMs };
      this.#held.set(dispatch.dispatchId, held);
      if (this.#draining) this.#forget(held, "the executor takes no new work, Millrace is stopping");
      else if (!this.#place(held)) this.#queued.push(held);
    }
  }

  stop(dispatchIds: readonly string[], reason: string): void {
    for (const dispatchId of dispatchIds) this.#stopOne(dispatchId, reason, false);
  }

  acknowledgeStarted(dispatchIds: readonly string[]): void {
    for (const dispatchId of dispatchIds) this.#held.get(dispatchId)?.worker?.send({ k: "started", dispatchId });
  }

  runCallback(callback: CallbackDispatch): Promise<CallbackAnswer> {
    const worker = this.#draining ? undefined : this.#pool.findShared();
    if (worker === undefined)
      return Promise.resolve({ ok: false, error: "no worker process is free to run the callback" });
    return new Promise((resolve) => {
      const overdueAtMs = this.#clock.monotonicMs() + callback.timeoutMicros / 1_000 + this.#limits.graceMs;
      this.#callbacks.set(callback.callbackId, { worker, overdueAtMs, resolve });
      worker.callbacks.add(callback.callbackId);
      worker.send({ k: "callback", callback });
    });
  }

  usage(): ExecutorUsage {
    return { dispatches: countDispatches(this.#held.values()), workers: countWorkers(this.#pool.all) };
  }

  holds(dispatchId: string): boolean {
    return this.#held.has(dispatchId);
  }

  recoverLogs(dispatchIds: readonly string[]): Promise<ReadonlyMap<string, LogRef>> {
    return recoverLogs({ folder: logFolder(this.#options.dataFolder, this.#host), host: this.#host, dispatchIds });
  }

  async drain(deadlineMs: number): Promise<readonly string[]> {
    this.#draining = true;
    for (const held of this.#queued.splice(0))
      this.#forget(held, "Millrace was stopped before a worker was free for it");
    if (await this.#quietWithin(deadlineMs)) return [];
    const late = [...this.#held.keys()];
    for (const dispatchId of late) this.#stopOne(dispatchId, "Millrace is stopping", true);
    if (!(await this.#quietWithin(this.#limits.graceMs + 1_000)))
      for (const worker of this.#pool.all) worker.kill("Millrace is stopping");
    await this.#quietWithin(5_000);
    return late;
  }

  async close(): Promise<void> {
    this.#draining = true;
    clearInterval(this.#sweep);
    for (const held of this.#queued.splice(0))
      this.#forget(held, "Millrace was stopped before a worker was free for it");
    for (const held of this.#held.values())
      held.stopped ??= { atMs: this.#clock.monotonicMs(), reason: "Millrace is stopping", shutdown: true };
    await this.#pool.close();
    await this.#quietWithin(5_000);
  }

  #stopOne(dispatchId: string, reason: string, shutdown: boolean): void {
    const held = this.#held.get(dispatchId);
    if (held === undefined || held.stopped !== undefined) return;
    held.stopped = { atMs: this.#clock.monotonicMs(), reason, shutdown };
    if (held.worker !== undefined) {
      held.worker.send({ k: "stop", dispatchId, reason });
      return;
    }
    this.#queued.splice(this.#queued.indexOf(held), 1);
    this.#forget(held, `stopped before a worker was free for it: ${reason}`, shutdown ? "SHUTDOWN" : "STOPPED");
  }

  /** @returns false when there is no free place for it now. */
  #place(held: HeldDispatch): boolean {
    const worker = this.#findPlace(held.dispatch);
    if (worker === undefined) return false;
    if (worker.exclusive) this.#suspects.settle(held.dispatch);
    this.#put(held, worker);
    return true;
  }

  #put(held: HeldDispatch, worker: WorkerProcess): void {
    held.worker = worker;
    held.handedAt = this.#clock.now();
    held.handedAtMs = this.#clock.monotonicMs();
    worker.held.add(held.dispatch.dispatchId);
    worker.send({ k: "run", dispatch: held.dispatch });
  }

  /** Most suspects are innocent, and a process costs more than most tries. @returns false when the process is of no more use. */
  #passOn(worker: WorkerProcess, ended: HeldDispatch): boolean {
    if (worker.retiring || !this.#suspects.mayShare(ended.dispatch)) return false;
    const next = this.#suspects.findNext(this.#queued);
    if (next === undefined) return false;
    this.#queued.splice(this.#queued.indexOf(next), 1);
    worker.isUsed = true;
    this.#put(next, worker);
    return true;
  }

  #findPlace(dispatch: Dispatch): WorkerProcess | undefined {
    if (runsAlone(dispatch)) {
      let exclusive = 0;
      for (const worker of this.#pool.all) if (worker.exclusive) exclusive += 1;
      return exclusive < this.#limits.processes ? this.#pool.takeFresh() : undefined;
    }
    const worker = this.#pool.findShared();
    return worker !== undefined && worker.load < Math.ceil(this.#limits.concurrency / this.#limits.workers)
      ? worker
      : undefined;
  }

  #placeQueued(): void {
    for (let i = 0; i < this.#queued.length;) {
      if (this.#place(this.#queued[i])) this.#queued.splice(i, 1);
      else i += 1;
      // One that must run alone may wait while shared ones go ahead; beyond a few there is nothing to gain by looking on.
      if (i > this.#limits.processes) return;
    }
  }

  #read(worker: WorkerProcess, messages: readonly FromWorker[]): void {
    const reports: Report[] = [];
    for (const message of messages) this.#take(worker, message, reports);
    if (reports.length > 0) this.#options.report(reports);
    if (this.#queued.length > 0) this.#placeQueued();
    this.#pool.endIfDone(worker);
    this.#tellQuiet();
  }

  #take(worker: WorkerProcess, message: FromWorker, reports: Report[]): void {
    switch (message.k) {
      case "ready":
        worker.ready = true;
        return;
      case "report":
        return this.#takeReport(worker, message.report, reports);
      case "abandoned":
        return this.#pool.retire(worker);
      case "waiting":
        return this.#setWaiting(worker, message.dispatchId, message.waiting);
      case "callback":
        return this.#endCallback(message.callbackId, message.answer);
      case "call":
        void this.#answer(message.method, message.args).then((answer) =>
          worker.send({ k: "answer", call: message.call, ...answer }),
        );
        return;
      case "tainted":
        return this.#pool.retire(worker);
      case "pong":
        if (message.rssBytes > this.#limits.memoryMb * 1.5 * 1_048_576)
          worker.kill(
            `it used ${Math.round(message.rssBytes / 1_048_576)} MB of memory, more than a worker process may (workers.memoryMb)`,
          );
        return;
      default:
        throw new Error(`unreachable: ${JSON.stringify(message satisfies never)}`);
    }
  }

  #takeReport(worker: WorkerProcess, report: Report, reports: Report[]): void {
    const held = this.#held.get(report.dispatchId);
    if (held === undefined || held.worker !== worker) return;
    if (report.kind === "started") {
      reports.push(report);
      return;
    }
    this.#release(held);
    const shutdown = held.stopped?.shutdown === true && report.kind === "ended" && report.outcome.kind === "failed";
    reports.push(
      shutdown
        ? {
            kind: "lost",
            dispatchId: report.dispatchId,
            runId: report.runId,
            cause: { code: "SHUTDOWN", message: "Millrace was stopped before this try had ended" },
            mayHaveRun: true,
            guilty: false,
            blameless: true,
            ...(report.log === undefined ? {} : { log: report.log }),
          }
        : report,
    );
    if (worker.exclusive && (report.kind !== "ended" || !this.#passOn(worker, held))) worker.end();
  }

  #release(held: HeldDispatch): void {
    const { dispatchId } = held.dispatch;
    this.#held.delete(dispatchId);
    held.worker?.held.delete(dispatchId);
    if (held.worker?.waiting.delete(dispatchId) === true) this.#waiting -= 1;
  }

  #setWaiting(worker: WorkerProcess, dispatchId: string, waiting: boolean): void {
    const held = this.#held.get(dispatchId);
    if (held?.worker !== worker || worker.waiting.has(dispatchId) === waiting) return;
    this.#waiting += waiting ? 1 : -1;
    if (waiting) worker.waiting.add(dispatchId);
    else worker.waiting.delete(dispatchId);
    // What is left of its timeout only the worker knows; here it is only for the case that the worker's loop is blocked.
    held.handedAtMs = this.#clock.monotonicMs();
  }

  /** Reports a dispatch that no worker ever had. */
  #forget(held: HeldDispatch, why: string, code = "SHUTDOWN"): void {
    this.#release(held);
    const { dispatchId, run } = held.dispatch;
    this.#options.report([
      {
        kind: "lost",
        dispatchId,
        runId: run.runId,
        cause: { code, message: why },
        mayHaveRun: false,
        guilty: false,
        ...(code === "SHUTDOWN" && { blameless: true }),
      },
    ]);
    this.#tellQuiet();
  }

  async #mourn(worker: WorkerProcess, exit: WorkerExit): Promise<void> {
    const alone = worker.exclusive ? !worker.isUsed : worker.held.size + worker.callbacks.size === 1;
    for (const callbackId of worker.callbacks) {
      const error = "its worker process died";
      this.#endCallback(callbackId, alone ? { ok: false, error } : { ok: false, error, blameless: true });
    }
    const dead = [...worker.held].map((dispatchId) => this.#held.get(dispatchId)).filter((held) => held !== undefined);
    const death = {
      exit,
      alone,
      wasReady: worker.ready,
      workerId: worker.workerId,
      nowMs: this.#clock.monotonicMs(),
      now: this.#clock.now(),
      ...(worker.killedFor === undefined ? {} : { killedFor: worker.killedFor }),
    };
    const folder = logFolder(this.#options.dataFolder, this.#host);
    const reports = await Promise.all(
      dead.map(async (held) => {
        const log = await recoverLog({
          folder,
          host: this.#host,
          segmentPrefix: this.#segmentPrefix(worker.workerId),
          dispatchId: held.dispatch.dispatchId,
        });
        return reportOfDeath(held, log === undefined ? death : { ...death, log });
      }),
    );
    for (const held of dead) {
      this.#release(held);
      if (worker.isUsed) this.#suspects.doubt(held.dispatch);
    }
    if (reports.length > 0) this.#options.report(reports);
    this.#placeQueued();
    this.#tellQuiet();
  }

  #endCallback(callbackId: string, answer: CallbackAnswer): void {
    const waiting = this.#callbacks.get(callbackId);
    this.#callbacks.delete(callbackId);
    waiting?.worker.callbacks.delete(callbackId);
    waiting?.resolve(answer);
  }

  /** Pings, and kills what is beyond help. */
  #look(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const worker of this.#pool.all) {
      if (!worker.ready || worker.killedFor !== undefined) continue;
      const blockedMs = worker.blockedMs(nowMs);
      if (blockedMs >= BLOCKED_MS && this.#hurts(worker, blockedMs, nowMs))
        worker.kill(`its event loop was blocked for ${Math.round(blockedMs / 1_000)} s`);
      else if (!worker.idle || worker.unansweredSinceMs !== undefined) worker.ping(this.#clock.offsetMicros());
    }
    this.#pool.fill();
    if (this.#queued.length > 0) this.#placeQueued();
  }

  /** A blocked loop is left alone while it keeps nobody waiting: neither a neighbour nor an end that is overdue. */
  #hurts(worker: WorkerProcess, blockedMs: number, nowMs: number): boolean {
    if (worker.held.size + worker.callbacks.size > 1 && blockedMs >= this.#limits.graceMs + BLOCKED_MS) return true;
    const isOverdue = (atMs: number | undefined): boolean => atMs !== undefined && atMs + BLOCKED_MS <= nowMs;
    for (const callbackId of worker.callbacks) if (isOverdue(this.#callbacks.get(callbackId)?.overdueAtMs)) return true;
    for (const dispatchId of worker.held) {
      const held = this.#held.get(dispatchId);
      if (held !== undefined && isOverdue(overdueAtMs(held, this.#limits.graceMs))) return true;
    }
    return worker.retiring && worker.idle;
  }

  #quietWithin(ms: number): Promise<boolean> {
    if (this.#held.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#whenQuiet.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #tellQuiet(): void {
    if (this.#held.size > 0 || this.#whenQuiet.length === 0) return;
    for (const tell of this.#whenQuiet.splice(0)) tell();
  }

  #segmentPrefix(workerId: string): string {
    return `${this.#born}-${workerId}`;
  }

  #setup(workerId: string): WorkerSetup {
    const { graceMs, inlineBytes, maxResultBytes, bundles, log } = this.#limits;
    const { tracing } = this.#options;
    return {
      workerId: `${this.#host}:${workerId}`,
      host: this.#host,
      dataFolder: this.#options.dataFolder,
      segmentPrefix: this.#segmentPrefix(workerId),
      clockOffsetMicros: this.#clock.offsetMicros(),
      rules: this.#options.rules ?? DEFAULT_RULES,
      configuration: this.#options.configuration ?? { values: {}, secrets: [] },
      ...(tracing && { tracing }),
      limits: { graceMs, inlineBytes, maxResultBytes, bundles, ...log },
    };
  }
}
