import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MillraceError, type Dispatch, type Executor, type Report, type WorkerCalls } from "@millrace/core";
import { createClock } from "../../clock.ts";
import { createLocalExecutor } from "../local/local-executor.ts";
import type { LocalExecutorOptions } from "../local/local-limits.ts";
import { compileBundle, type TestBundle } from "../../testing/compile-bundle.ts";

/** The one report that ends a dispatch. */
export type EndReport = Extract<Report, { kind: "ended" | "lost" }>;

/** An executor under test, with what it reported. */
export interface ExecutorHarness {
  readonly executor: Executor;
  readonly dataFolder: string;
  readonly bundle: TestBundle;
  readonly reports: Report[];
  /** A dispatch of the bundle's DAG `d`. */
  dispatch(taskId: string, over?: Partial<Dispatch>): Dispatch;
  /** Starts it and waits for its end. */
  run(taskId: string, over?: Partial<Dispatch>): Promise<EndReport>;
  ended(dispatchId: string): Promise<EndReport>;
  /** Waits until a report is there that fits. */
  reported(fits: (report: Report) => boolean): Promise<Report>;
  close(): Promise<void>;
}

/** Makes a local executor for the DAG file `source`, in its own data folder. */
export async function harness(source: string, options: Partial<LocalExecutorOptions> = {}): Promise<ExecutorHarness> {
  const bundle = compileBundle(source);
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), "millrace-executor-"));
  const reports: Report[] = [];
  const waiting = new Set<() => void>();
  const calls: WorkerCalls = { ...refuseCalls(), ...options.calls, bundle: async (hash) => found(hash, bundle) };
  const executor = await createLocalExecutor({
    dataFolder,
    clock: createClock(),
    host: "test-host",
    workers: 1,
    graceMs: 200,
    ...options,
    environment: options.environment ?? process.env,
    calls,
    report: (more) => {
      reports.push(...more);
      for (const look of waiting) look();
    },
  });
  const reported = (fits: (report: Report) => boolean): Promise<Report> =>
    new Promise((resolve) => {
      const look = (): void => {
        const report = reports.find(fits);
        if (report === undefined) return;
        waiting.delete(look);
        resolve(report);
      };
      waiting.add(look);
      look();
    });
  const dispatch = (taskId: string, over: Partial<Dispatch> = {}): Dispatch =>
    aDispatch({ taskId, bundleHash: bundle.hash, ...over });
  const ended = (dispatchId: string): Promise<EndReport> =>
    reported((report) => report.dispatchId === dispatchId && report.kind !== "started") as Promise<EndReport>;
  return {
    executor,
    dataFolder,
    bundle,
    reports,
    dispatch,
    ended,
    reported,
    run(taskId, over) {
      const one = dispatch(taskId, over);
      executor.start([one]);
      return ended(one.dispatchId);
    },
    async close() {
      await executor.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A dispatch with everything filled in. */
function aDispatch(over: Partial<Dispatch>): Dispatch {
  return {
    dispatchId: randomBytes(16).toString("hex"),
    tryId: "1/t/-1/1",
    dagId: "d",
    dagVersion: 1,
    bundleHash: "",
    taskId: "t",
    mapIndex: -1,
    tryNumber: 1,
    maxTries: 0,
    run: {
      runId: 1,
      runKey: "manual__1",
      runType: "manual",
      logicalDate: 1_759_276_800_000_000,
      intervalStart: 1_759_276_800_000_000,
      intervalEnd: 1_759_276_800_000_000,
      conf: null,
      isLatest: true,
      triggeredBy: "user:test",
    },
    inputs: {},
    upstream: [],
    isolation: "shared",
    singleAttempt: false,
    suspect: false,
    queue: "default",
    ...over,
  };
}

function found(hash: string, bundle: TestBundle): TestBundle {
  if (hash !== bundle.hash) throw new MillraceError("NOT_FOUND", `no bundle ${hash}`);
  return bundle;
}

function refuseCalls(): WorkerCalls {
  const refuse = (name: string) => async () => {
    throw new MillraceError("NOT_FOUND", `the test answers no ${name}`);
  };
  return {
    bundle: refuse("bundle"),
    results: async () => [],
    variable: async () => undefined,
    connection: async () => undefined,
    trigger: refuse("trigger"),
    clearRun: refuse("clearRun"),
    previousSuccess: async () => undefined,
    datedResults: async () => undefined,
    assetEvents: async () => [],
    stateOf: refuse("stateOf"),
    look: refuse("look"),
  };
}
