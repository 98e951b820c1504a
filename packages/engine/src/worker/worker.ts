import { join } from "node:path";
import type { Cause, Dispatch, Outcome, Report } from "@millrace/core";
import { createFolderBlobStore } from "../blobs/folder-blob-store.ts";
import { createClock, type CorrectableClock } from "../clock.ts";
import { logFolder } from "../logs/log-folder.ts";
import { SegmentWriter } from "../logs/segment-writer.ts";
import { TryLog } from "../logs/try-log.ts";
import { BundleCache } from "./bundle-cache.ts";
import { captureOutput, flushPartial } from "./capture-output.ts";
import { containUserCode } from "./contain-user-code.ts";
import { askChildrenToEnd, endChildren, type Relative } from "./end-children.ts";
import { ListCache } from "./list-cache.ts";
import { endOfTry, lineOfEnd, overrunOutcome, type Overrun } from "./end-of-try.ts";
import { createEngineClient } from "./engine-client.ts";
import { outcomeOfError } from "./outcome-of.ts";
import { pause } from "./pause.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./protocol.ts";
import { answerCallback } from "./run-callback.ts";
import { runTry } from "./run-try.ts";
import type { TryDetails } from "./running-body.ts";
import { SecretMask } from "./secret-mask.ts";
import { tryScope, writeLine, type TryScope } from "./try-scope.ts";
import { TryTracing } from "./try-tracing.ts";
import type { WorkerTools } from "./worker-tools.ts";

/** A try that still runs so long after its start is told to have started; shorter ones tell it with their end. */
const STARTED_AFTER_MS = 20;
const FLUSH_MS = 200;
/** Code triggers at once in one process. */
const MOST_TRIGGERS = 1_000;
/** Longest that a timer of Node can wait. */
const LONGEST_TIMER_MS = 2_147_483_647;

interface RunningTry {
  readonly dispatch: Dispatch;
  readonly scope: TryScope;
  readonly startedAt: number;
  readonly startedAtMs: number;
  /** How long the try had taken before this dispatch, its deferrals with it. */
  readonly beforeMs: number;
  isWaiting: boolean;
  /** Filled while it runs: rendered fields and its name. */
  readonly details: TryDetails;
  settled: boolean;
  toldStarted: boolean;
  overrun?: Overrun;
  timer?: NodeJS.Timeout;
  /** What its processes had started when they were asked to end. */
  relatives?: readonly Relative[];
  acknowledge?: () => void;
  /** The engine has committed its start. */
  isAcknowledged: boolean;
}

/** The inside of a worker process: runs dispatches and callbacks that it is told to, and reports. */
export class Worker {
  readonly #setup: WorkerSetup;
  readonly #send: (message: FromWorker) => void;
  readonly #clock: CorrectableClock;
  readonly #writer: SegmentWriter;
  readonly #tools: WorkerTools;
  readonly #settleCall: (answer: ToWorker & { readonly k: "answer" }) => void;
  readonly #tries = new Map<string, RunningTry>();
  /** Not told to have started yet, oldest first. */
  #fresh: RunningTry[] = [];
  readonly #long = new Set<RunningTry>();
  readonly #callbackLogs = new Set<TryScope["log"]>();
  #sweep: NodeJS.Timeout | undefined;
  #flushedAtMs = 0;
  #waiting = 0;
  readonly #tracing: TryTracing | undefined;

  constructor(setup: WorkerSetup, send: (message: FromWorker) => void) {
    this.#setup = setup;
    this.#send = send;
    this.#clock = createClock(setup.clockOffsetMicros);
    this.#writer = new SegmentWriter({
      folder: logFolder(setup.dataFolder, setup.host),
      prefix: setup.segmentPrefix,
      maxBytes: setup.limits.logSegmentBytes,
    });
    const blobs = createFolderBlobStore(join(setup.dataFolder, "blobs"));
    const { client, settle } = createEngineClient(send);
    this.#settleCall = settle;
    this.#tools = {
      client,
      clock: this.#clock,
      bundles: new BundleCache(client, setup.limits.bundles),
      secrets: new SecretMask(),
      limits: setup.limits,
      rules: setup.rules,
      configuration: setup.configuration,
      blobs,
      lists: new ListCache(blobs),
      templates: new Map(),
      pause,
    };
    this.#tracing = setup.tracing && new TryTracing(setup.tracing);
    process.setSourceMapsEnabled(true);
    captureOutput();
    containUserCode((message) => {
      process.stderr.write(`${message}\n`);
      send({ k: "tainted", message });
    });
    send({ k: "ready" });
  }

  take(message: Exclude<ToWorker, { readonly k: "setup" }>): void {
    switch (message.k) {
      case "run":
        return this.#start(message.dispatch);
      case "callback":
        return this.#runCallback(message);
      case "stop":
        return this.#stop(message.dispatchId, message.reason);
      case "started":
        return this.#acknowledge(message.dispatchId);
      case "answer":
        return this.#settleCall(message);
      case "ping":
        this.#clock.follow(message.clockOffsetMicros);
        return this.#send({ k: "pong", n: message.n, rssBytes: process.memoryUsage.rss() });
      default:
        throw new Error(`unreachable: ${JSON.stringify(message satisfies never)}`);
    }
  }

  /** Brings every line to the disk, before the process ends. */
  flushLogs(): void {
    for (const running of this.#tries.values()) running.scope.log.flush();
    for (const log of this.#callbackLogs) log.flush();
  }

  /** Sends spans that wait, before the process ends. @returns undefined where nobody traces. */
  flushTraces(): Promise<void> | undefined {
    return this.#tracing?.flush();
  }

  /** Kills what its tries have started, before the process ends. */
  endChildren(): void {
    for (const { scope } of this.#tries.values()) endChildren(scope.children);
  }

  #start(dispatch: Dispatch): void {
    const startedAt = this.#clock.now();
    const running: RunningTry = {
      dispatch,
      scope: this.#scope(dispatch.dispatchId, (cause) =>
        this.#settle(running, { kind: "failed", cause, retry: "policy" }),
      ),
      startedAt,
      startedAtMs: this.#clock.monotonicMs(),
      beforeMs: Math.max(0, startedAt - (dispatch.tryStartedAt ?? startedAt)) / 1_000,
      isWaiting: false,
      details: {},
      settled: false,
      toldStarted: false,
      isAcknowledged: false,
    };
    this.#tries.set(dispatch.dispatchId, running);
    this.#fresh.push(running);
    this.#armSweep(STARTED_AFTER_MS);
    if (dispatch.executionTimeoutMicros !== undefined) this.#armTimeout(running, dispatch.executionTimeoutMicros);
    const tools = this.#tools;
    const work = (): Promise<Outcome> =>
      runTry(dispatch, {
        tools,
        scope: running.scope,
        details: running.details,
        whenCommitted: () => this.#whenCommitted(running),
        setWaiting: (waiting) => this.#setWaiting(running, waiting),
      });
    const tracing = this.#tracing;
    tryScope
      .run(running.scope, () => (tracing ? tracing.run(dispatch, running.scope, work) : work()))
      .then(
        (outcome) => this.#settle(running, outcome),
        (error: unknown) => this.#settle(running, outcomeOfError(error)),
      );
  }

  /** R9: nothing of the user's code runs before the engine has committed that it may have. */
  #whenCommitted(running: RunningTry): Promise<void> {
    this.#tellStarted(running);
    // Told before, because its inputs took long to read: the answer may have come already.
    if (running.isAcknowledged) return Promise.resolve();
    return new Promise((resolve) => (running.acknowledge = resolve));
  }

  #acknowledge(dispatchId: string): void {
    const running = this.#tries.get(dispatchId);
    if (running === undefined) return;
    running.isAcknowledged = true;
    running.acknowledge?.();
  }

  /** A try in a code trigger needs no slot; beyond {@link MOST_TRIGGERS} it keeps it. @returns true when it gave its slot back. */
  #setWaiting(running: RunningTry, waiting: boolean): boolean {
    if (running.isWaiting === waiting || (waiting && this.#waiting >= MOST_TRIGGERS)) return false;
    this.#waiting += waiting ? 1 : -1;
    running.isWaiting = waiting;
    this.#send({ k: "waiting", dispatchId: running.dispatch.dispatchId, waiting });
    if (waiting) this.#sendStart(running, { waits: true });
    return true;
  }

  #settle(running: RunningTry, ended: Outcome): void {
    if (running.settled) return;
    running.settled = true;
    clearTimeout(running.timer);
    const { dispatch, scope } = running;
    this.#tries.delete(dispatch.dispatchId);
    this.#long.delete(running);
    this.#report(running, this.#tools.secrets.maskOutcome(endOfTry(ended, running.overrun)));
    endChildren(scope.children, running.relatives);
  }

  #report(running: RunningTry, outcome: Outcome): void {
    const { dispatch, scope, details } = running;
    flushPartial(scope);
    if (outcome.kind === "failed" || outcome.kind === "skipped") writeLine(scope, lineOfEnd(outcome));
    const log = scope.log.end();
    const report: Report = {
      kind: "ended",
      dispatchId: dispatch.dispatchId,
      runId: dispatch.run.runId,
      workerId: this.#setup.workerId,
      startedAt: running.startedAt,
      endedAt: this.#clock.now(),
      ...(log === undefined ? {} : { log: { host: this.#setup.host, ...log } }),
      ...details,
      outcome,
    };
    this.#send({ k: "report", report });
  }

  #stop(dispatchId: string, reason: string): void {
    const running = this.#tries.get(dispatchId);
    if (running === undefined || running.overrun !== undefined) return;
    this.#overrun(running, { code: "STOPPED", message: `stopped: ${reason}` }, false);
  }

  #armTimeout(running: RunningTry, micros: number): void {
    const leftMs = running.startedAtMs - running.beforeMs + micros / 1_000 - this.#clock.monotonicMs();
    if (leftMs > 0)
      running.timer = setTimeout(() => this.#armTimeout(running, micros), Math.min(leftMs + 1, LONGEST_TIMER_MS));
    else
      this.#overrun(
        running,
        {
          code: "TIMEOUT",
          message: `ran longer than its execution timeout of ${micros / 1_000_000} s (executionTimeout)`,
        },
        true,
      );
  }

  /** Abandon first: its code is asked to end, and left behind after the grace. */
  #overrun(running: RunningTry, cause: Cause, timedOut: boolean): void {
    if (running.settled || running.overrun !== undefined) return;
    running.overrun = { cause, timedOut };
    clearTimeout(running.timer);
    const { scope } = running;
    writeLine(scope, {
      level: "warn",
      source: "millrace",
      msg: `${cause.message}; its code has ${this.#setup.limits.graceMs / 1_000} s to end`,
    });
    running.timer = setTimeout(() => {
      running.overrun = {
        timedOut,
        cause: {
          ...cause,
          message: `${cause.message}, and its code did not end within the grace of ${this.#setup.limits.graceMs / 1_000} s`,
        },
      };
      this.#settle(running, overrunOutcome(running.overrun));
      this.#send({ k: "abandoned", dispatchId: running.dispatch.dispatchId });
    }, this.#setup.limits.graceMs);
    tryScope.run(scope, () =>
      scope.controller.abort(
        Object.assign(new Error(cause.message), { name: timedOut ? "TimeoutError" : "AbortError" }),
      ),
    );
    if (scope.children.size > 0) running.relatives = askChildrenToEnd(scope.children);
  }

  #tellStarted(running: RunningTry): void {
    if (running.toldStarted) return;
    this.#sendStart(running);
  }

  #sendStart(running: RunningTry, more: { readonly waits?: true } = {}): void {
    running.toldStarted = true;
    const { dispatchId, run } = running.dispatch;
    const { startedAt } = running;
    const { workerId } = this.#setup;
    this.#send({
      k: "report",
      report: { kind: "started", dispatchId, runId: run.runId, startedAt, workerId, ...more },
    });
  }

  #armSweep(ms: number): void {
    this.#sweep ??= setTimeout(() => this.#look(), ms);
  }

  /** Tells late starts, and brings lines of long tries to the disk. */
  #look(): void {
    this.#sweep = undefined;
    const nowMs = this.#clock.monotonicMs();
    const young = this.#fresh.findIndex((running) => nowMs - running.startedAtMs < STARTED_AFTER_MS);
    const old = this.#fresh.splice(0, young < 0 ? this.#fresh.length : young);
    for (const running of old) {
      if (running.settled) continue;
      this.#tellStarted(running);
      this.#long.add(running);
    }
    if (nowMs - this.#flushedAtMs >= FLUSH_MS) {
      this.#flushedAtMs = nowMs;
      for (const running of this.#long) running.scope.log.flush();
    }
    if (this.#fresh.length > 0) this.#armSweep(STARTED_AFTER_MS);
    else if (this.#long.size > 0) this.#armSweep(FLUSH_MS);
  }

  #runCallback(message: ToWorker & { readonly k: "callback" }): void {
    const { callback } = message;
    const scope = this.#scope(`callback-${callback.callbackId}`, () => undefined);
    this.#callbackLogs.add(scope.log);
    void answerCallback(callback, { tools: this.#tools, scope }).then((answer) => {
      this.#callbackLogs.delete(scope.log);
      this.#send({ k: "callback", callbackId: callback.callbackId, answer });
    });
  }

  #scope(id: string, fail: (cause: Cause) => void): TryScope {
    const { logBurstLines, logLinesPerSecond, logMaxBytes } = this.#setup.limits;
    const log = new TryLog({
      dispatchId: id,
      writer: this.#writer,
      clock: this.#clock,
      mask: this.#tools.secrets.mask,
      bounds: { burstLines: logBurstLines, linesPerSecond: logLinesPerSecond, maxBytes: logMaxBytes },
    });
    return {
      id,
      log,
      controller: new AbortController(),
      children: new Set(),
      partial: { stdout: "", stderr: "" },
      fail,
    };
  }
}
