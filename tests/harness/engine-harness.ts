import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DEFAULT_RULES,
  MillraceError,
  type Answer,
  type Command,
  type Executor,
  type FoundFile,
  type Report,
  type SystemRules,
} from "@millrace/core";
import {
  createClock,
  createLocalExecutor,
  createWorkerCalls,
  processStartedAt,
  Scheduler,
  type CommittedRun,
  type CorrectableClock,
  type EngineLog,
  type FaultPoint,
  type LocalExecutorOptions,
  type RunTracer,
} from "@millrace/engine";
import { openStore, type MillraceStore } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { compileDags } from "./compile-dags.ts";

/** What a test engine is made with. */
export interface EngineHarnessOptions {
  /** A database of the caller's; default: a fresh one of the shared test server. */
  readonly url?: string;
  readonly dataFolder?: string;
  readonly executor?: Partial<LocalExecutorOptions>;
  /** Takes the place of the local executor. */
  readonly makeExecutor?: (
    given: Pick<LocalExecutorOptions, "report"> & { readonly store: MillraceStore },
  ) => Promise<Executor>;
  /** What differs from a system where nobody decided anything. */
  readonly rules?: Partial<SystemRules>;
  readonly onlyDags?: readonly string[];
  readonly fault?: (point: FaultPoint) => void;
  readonly tracer?: RunTracer;
  readonly log?: EngineLog;
  readonly host?: string;
  /** Default: this machine's. */
  readonly clock?: CorrectableClock;
}

/** A whole engine in this process, on a real database, with real workers. */
export interface EngineHarness extends AsyncDisposable {
  readonly url: string;
  readonly store: MillraceStore;
  readonly scheduler: Scheduler;
  readonly executor: Executor;
  readonly dataFolder: string;
  /** Saves DAG files given as text, or compiled already. */
  deploy(...files: (string | FoundFile)[]): Promise<void>;
  send(dagId: string, command: Command): Promise<Extract<Answer, { ok: true }>>;
  trigger(
    dagId: string,
    options?: Omit<Extract<Command, { kind: "trigger" }>, "kind">,
  ): Promise<{ readonly runId: number; readonly runKey: string }>;
  /** Waits until a run is in a final state. @throws Error with the states of its instances when it is not after 100 s. */
  ended(runId: number): Promise<"success" | "failed">;
  /** `task[index]` → state, of all instances of a run. */
  states(runId: number): Promise<Readonly<Record<string, string>>>;
  /** Waits for a committed change that fits. */
  committed(fits: (run: CommittedRun) => boolean): Promise<CommittedRun>;
  stop(): Promise<void>;
}

/** What waits for longer waits for something else than a run. */
const LONGEST_RUN_MS = 100_000;

const SILENT: EngineLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Starts an engine. Dispose of it, or call `stop`. */
export async function startEngine(options: EngineHarnessOptions = {}): Promise<EngineHarness> {
  const database = options.url === undefined ? await testDatabase() : undefined;
  const url = options.url ?? database?.url ?? "";
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), "millrace-test-")));
  const store = await openStore({ url, dataFolder });
  const clock = options.clock ?? createClock();
  const rules = { ...DEFAULT_RULES, ...options.rules };
  const box: { scheduler?: Scheduler } = {};
  const endings = new Map<number, (state: string) => void>();
  const listeners = new Set<(run: CommittedRun) => void>();
  const report = (reports: readonly Report[]): void => box.scheduler?.report(reports);
  const executor = await (options.makeExecutor?.({ store, report }) ??
    createLocalExecutor({
      dataFolder,
      calls: createWorkerCalls({ store: store.engine, runOf: (dispatchId) => box.scheduler?.runOf(dispatchId) }),
      report,
      clock,
      environment: process.env,
      workers: 1,
      graceMs: 500,
      rules,
      ...options.executor,
    }));
  const scheduler = new Scheduler({
    store: store.engine,
    executor,
    clock,
    log: options.log ?? SILENT,
    rules,
    host: options.host ?? "test-host",
    pid: process.pid,
    pidStartedAt: (await processStartedAt(process.pid)) ?? "",
    onCommit: (runs) => {
      for (const run of runs) {
        for (const listener of listeners) listener(run);
        if (isEnd(run.state)) endings.get(run.runId)?.(run.state);
      }
    },
    ...(options.onlyDags && { onlyDags: options.onlyDags }),
    ...(options.fault && { fault: options.fault }),
    ...(options.tracer && { tracer: options.tracer }),
  });
  box.scheduler = scheduler;
  await scheduler.start();
  const committed = (fits: (run: CommittedRun) => boolean): Promise<CommittedRun> =>
    new Promise((resolve) => {
      const listener = (run: CommittedRun): void => {
        if (!fits(run)) return;
        listeners.delete(listener);
        resolve(run);
      };
      listeners.add(listener);
    });
  const send: EngineHarness["send"] = async (dagId, command) => {
    const answer = await store.engine.waitForAnswer(await store.engine.send(dagId, command, "user:test"), 20_000);
    if (!answer.ok) throw new MillraceError(answer.code, answer.message);
    return answer;
  };
  const states: EngineHarness["states"] = async (runId) => {
    const rows = await store.engine.loadRun(runId);
    return Object.fromEntries(
      (rows?.instances ?? []).map((row) => [
        row.mapIndex < 0 ? row.taskId : `${row.taskId}[${row.mapIndex}]`,
        row.state,
      ]),
    );
  };
  const stop = async (): Promise<void> => {
    await executor.drain(1_000);
    await scheduler.stop();
    await executor.close();
    await store.close();
    await database?.drop();
    if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
  };
  return {
    url,
    store,
    scheduler,
    executor,
    dataFolder,
    committed,
    send,
    async deploy(...files) {
      const found = files.map((file, i) => (typeof file === "string" ? compileDags(file, `test-${i}.dag.ts`) : file));
      await store.engine.saveFiles(found, { complete: true, pausedUponCreation: false });
      scheduler.dagsChanged();
    },
    async trigger(dagId, wish = {}) {
      const answer = await send(dagId, { kind: "trigger", ...wish });
      return { runId: answer.runId as number, runKey: answer.runKey as string };
    },
    async ended(runId) {
      const { promise, resolve } = Promise.withResolvers<string>();
      endings.set(runId, resolve);
      const known = await store.engine.loadRun(runId);
      if (known && isEnd(known.run.state)) resolve(known.run.state);
      const timer = setTimeout(() => resolve("late"), LONGEST_RUN_MS);
      const state = await promise.finally(() => endings.delete(runId));
      clearTimeout(timer);
      if (isEnd(state)) return state;
      throw new Error(`run ${runId} has not ended: ${JSON.stringify(await states(runId))}`);
    },
    states,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function isEnd(state: string): state is "success" | "failed" {
  return state === "success" || state === "failed";
}
