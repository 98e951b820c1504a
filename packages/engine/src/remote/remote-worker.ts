// R3. A worker knows its dispatch alone; when that is dead, what it still does for it is stopped and thrown away.
// R5. A report is kept until the server has said that it is durable.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findBlobKey, isMillraceError, type Dispatch, type Executor, type Report } from "@millrace/core";
import { createFolderBlobStore } from "../blobs/folder-blob-store.ts";
import { createClock, type CorrectableClock } from "../clock.ts";
import { createLocalExecutor } from "../executors/local/local-executor.ts";
import type { LocalExecutorOptions } from "../executors/local/local-limits.ts";
import { segmentSizes } from "../logs/read-log.ts";
import { bundleFileName } from "../executors/local/answer-call.ts";
import { blobFolderOf } from "../worker/stored-values.ts";
import { createExecutionClient, type ExecutionClient } from "./execution-client.ts";
import { LogPusher } from "./log-pusher.ts";
import { pruneOwnFolder, type OwnFolderNeeds } from "./prune-own-folder.ts";
import { fetchValues, remoteCalls, valuesOf } from "./remote-calls.ts";

const HEARTBEAT_MS = 2_000;
const PRUNE_MS = 60_000;
/** The start of a single attempt is waited for: nobody wants to wait for the next heartbeat. */
const START_LOOK_MS = 100;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
/** An id that comes again after its end comes soon: its start is not committed yet. */
const ENDED_KEPT = 10_000;

/** What a remote worker is made with. */
export interface RemoteWorkerOptions extends Omit<LocalExecutorOptions, "calls" | "report" | "clock" | "dataFolder"> {
  /** A server of the Millrace that it works for, like `https://millrace.example.org`. */
  readonly serverUrl: string;
  /** A folder of its own: logs, bundles and large values of what it runs. */
  readonly dataFolder: string;
  /** Unique among all workers; people see it beside each try. */
  readonly workerId: string;
}

/** A worker without a database: it is told ids of dispatches, and does all else through the execution API of a server. */
export interface RemoteWorker {
  /**
   * Claims a dispatch and runs it to its end. Resolves when its end is durable, or when it turns out to be dead or another worker's: then there is nothing
   * to do. One that it has already is waited for, not run again. Never rejects.
   */
  run(dispatchId: string): Promise<void>;
  /** Takes no new work and waits for what runs, at most `deadlineMs`; then stops it. What it could not say is lost, and found by its silence. */
  stop(deadlineMs: number): Promise<void>;
}

interface Held {
  readonly dispatch: Dispatch;
  readonly log: LogPusher;
  /** Large values that were fetched for it. */
  readonly blobs: Set<string>;
  /** Reports in order, each sent until it is durable. */
  sent: Promise<void>;
  readonly over: PromiseWithResolvers<void>;
  isDead: boolean;
}

/** Starts the worker processes of a machine that has no database. */
export async function createRemoteWorker(options: RemoteWorkerOptions): Promise<RemoteWorker> {
  const worker = new Worker(options);
  await worker.start();
  return worker;
}

class Worker implements RemoteWorker {
  readonly #options: RemoteWorkerOptions;
  readonly #client: ExecutionClient;
  readonly #clock: CorrectableClock = createClock();
  readonly #blobs;
  readonly #held = new Map<string, Held>();
  /** From the first word of them on, those that are being claimed, too. */
  readonly #runs = new Map<string, Promise<void>>();
  /** Those that have ended here, the oldest first. */
  readonly #ended = new Set<string>();
  #executor!: Executor;
  #heartbeat: NodeJS.Timeout | undefined;
  #pruning: NodeJS.Timeout | undefined;
  readonly #stopping = new AbortController();
  readonly #onFetch = (dispatchId: string, key: string): void => void this.#held.get(dispatchId)?.blobs.add(key);

  constructor(options: RemoteWorkerOptions) {
    this.#options = options;
    this.#client = createExecutionClient(options.serverUrl);
    this.#blobs = createFolderBlobStore(join(options.dataFolder, "blobs"));
  }

  async start(): Promise<void> {
    const holderOf = (bundleHash: string): string | undefined =>
      [...this.#held.values()].find(({ dispatch }) => dispatch.bundleHash === bundleHash)?.dispatch.dispatchId;
    this.#executor = await createLocalExecutor({
      ...this.#options,
      clock: this.#clock,
      calls: remoteCalls({ client: this.#client, blobs: this.#blobs, holderOf, onFetch: this.#onFetch }),
      report: (reports) => {
        for (const report of reports) this.#take(report);
      },
    });
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    this.#prune();
  }

  /** R9: what carries ids may bring one twice, and until its start is committed a claim is granted again to whoever has it. */
  async run(dispatchId: string): Promise<void> {
    if (this.#ended.has(dispatchId)) return;
    let run = this.#runs.get(dispatchId);
    if (!run) {
      run = this.#run(dispatchId).finally(() => this.#runs.delete(dispatchId));
      this.#runs.set(dispatchId, run);
    }
    await run;
  }

  async #run(dispatchId: string): Promise<void> {
    const held = await this.#claim(dispatchId);
    if (!held) return;
    this.#executor.start([held.dispatch]);
    await held.over.promise;
    this.#held.delete(dispatchId);
    this.#ended.add(dispatchId);
    const [oldest] = this.#ended;
    if (this.#ended.size > ENDED_KEPT) this.#ended.delete(oldest);
  }

  async stop(deadlineMs: number): Promise<void> {
    await this.#executor.drain(deadlineMs);
    this.#stopping.abort();
    clearInterval(this.#heartbeat);
    clearTimeout(this.#pruning);
    await Promise.allSettled([...this.#held.values()].map(({ sent }) => sent));
    await this.#executor.close();
  }

  async #claim(dispatchId: string): Promise<Held | undefined> {
    try {
      const sentAtMs = this.#clock.monotonicMs();
      const { dispatch, now } = await this.#untilAnswered(() => this.#client.claim(dispatchId, this.#options.workerId));
      this.#clock.correct(now, sentAtMs);
      const { dataFolder } = this.#options;
      const log = new LogPusher({
        dataFolder,
        dispatchId,
        sizes: await segmentSizes(dataFolder),
        push: (push) => this.#client.pushLog(dispatchId, push),
      });
      const held: Held = {
        dispatch,
        log,
        blobs: new Set(),
        sent: Promise.resolve(),
        over: Promise.withResolvers(),
        isDead: false,
      };
      return (await this.#fetchInputs(held)) ? held : undefined;
    } catch {
      // Dead, or another worker's; or the server refuses it for good, and its silence will be noticed.
      return undefined;
    }
  }

  /** It gives its signs meanwhile: large values may take longer to come than silence is put up with. @returns false when it has died over it. */
  async #fetchInputs(held: Held): Promise<boolean> {
    const { dispatchId } = held.dispatch;
    const fetching = { client: this.#client, blobs: this.#blobs, onFetch: this.#onFetch, dispatchId };
    this.#held.set(dispatchId, held);
    try {
      await this.#untilAnswered(() => fetchValues(valuesOf(held.dispatch), fetching));
    } catch (error) {
      this.#held.delete(dispatchId);
      throw error;
    }
    if (held.isDead) this.#held.delete(dispatchId);
    return !held.isDead;
  }

  #take(report: Report): void {
    const held = this.#held.get(report.dispatchId);
    if (!held) return;
    held.sent = held.sent
      .then(() => this.#send(held, ofWorker(report)))
      .catch(() => undefined)
      .finally(() => {
        if (report.kind !== "started") held.over.resolve();
      });
  }

  async #send(held: Held, report: Report): Promise<void> {
    if (held.isDead) return;
    const { dispatchId } = held.dispatch;
    try {
      if (report.kind !== "started") {
        await this.#untilAnswered(() => this.#upload(dispatchId, report));
        await this.#untilAnswered(() => held.log.pushRest(report.log));
      }
      await this.#untilAnswered(() => this.#client.report(dispatchId, report));
      if (report.kind === "started" && held.dispatch.singleAttempt) await this.#acknowledge(held);
    } catch (error) {
      this.#giveUp(held, error);
    }
  }

  /** R9: its code starts when a server says that the start is committed. */
  async #acknowledge(held: Held): Promise<void> {
    const { dispatchId } = held.dispatch;
    while (!(await this.#untilAnswered(() => this.#client.heartbeat(dispatchId))).running)
      await sleep(START_LOOK_MS, undefined, { signal: this.#stopping.signal });
    this.#executor.acknowledgeStarted([dispatchId]);
  }

  /** Values that are too large for a row go where the others can read them, before anybody is told of them. */
  async #upload(dispatchId: string, report: Report): Promise<void> {
    if (report.kind !== "ended" || report.outcome.kind !== "success") return;
    const { result, xcoms = [] } = report.outcome;
    const keys = [result, ...xcoms.map(({ value }) => value)].map((value) => value && findBlobKey(value));
    for (const key of keys)
      if (key !== undefined) await this.#client.putBlob(dispatchId, key, await this.#blobs.get(key));
  }

  async #beat(): Promise<void> {
    await Promise.all(
      [...this.#held.values()].map(async (held) => {
        const { dispatchId } = held.dispatch;
        try {
          const sentAtMs = this.#clock.monotonicMs();
          const { stop, now } = await this.#client.heartbeat(dispatchId);
          this.#clock.correct(now, sentAtMs);
          if (stop !== undefined) this.#executor.stop([dispatchId], stop);
          await held.log.pushNew();
        } catch (error) {
          if (!isUnanswered(error)) this.#giveUp(held, error);
        }
      }),
    );
  }

  /** Now, and again and again until the worker stops. */
  #prune(): void {
    const held = (): readonly Held[] => [...this.#held.values()];
    const needs: OwnFolderNeeds = {
      segment: (file, size) => held().some(({ log }) => log.needs(file, size)),
      blob: (key) =>
        held().some(
          ({ dispatch, blobs }) =>
            blobs.has(key) || key.startsWith(blobFolderOf({ runId: dispatch.run.runId, taskId: dispatch.taskId })),
        ),
      bundle: (name) => held().some(({ dispatch }) => bundleFileName(dispatch.bundleHash) === name),
    };
    void pruneOwnFolder(this.#options.dataFolder, needs)
      .catch(() => undefined)
      .finally(() => {
        if (!this.#stopping.signal.aborted) this.#pruning = setTimeout(() => this.#prune(), PRUNE_MS).unref();
      });
  }

  /** Nothing more of this dispatch is wanted, or can be told. */
  #giveUp(held: Held, error: unknown): void {
    held.isDead = true;
    this.#executor.stop([held.dispatch.dispatchId], error instanceof Error ? error.message : String(error));
  }

  /** Asks again while the server or its database is away; until the worker stops. */
  async #untilAnswered<T>(work: () => Promise<T>): Promise<T> {
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(LONGEST_RETRY_MS, waitMs * 2)) {
      try {
        return await work();
      } catch (error) {
        if (!isUnanswered(error)) throw error;
        await sleep(waitMs * (0.5 + Math.random()), undefined, { signal: this.#stopping.signal });
      }
    }
  }
}

/** A worker that is stopped is not its scheduler: it may be stopped for what the try does to its machine, again and again. */
function ofWorker(report: Report): Report {
  if (report.kind !== "lost") return report;
  const { blameless: _, ...rest } = report;
  return rest;
}

function isUnanswered(error: unknown): boolean {
  return isMillraceError(error) && error.code === "STORE_UNAVAILABLE";
}
