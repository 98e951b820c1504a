import { hostname } from "node:os";
import { join } from "node:path";
import {
  createClock,
  createFolderBlobStore,
  createLocalExecutor,
  createWorkerCalls,
  processStartedAt,
  publishMetrics,
  Retention,
  Scheduler,
  type CommittedRun,
  type EngineLog,
  type FaultPoint,
} from "@millrace/engine";
import type { Executor, SecretsBackend } from "@millrace/core";
import type { MillraceStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { auditMicrosOf, deliveriesMicrosOf, retentionPolicyOf } from "./retention-policy-of.ts";
import { startTracing } from "./start-tracing.ts";
import { rulesOf } from "./rules-of.ts";
import { templateConfiguration } from "./template-configuration.ts";

/** What an engine is made with. */
export interface StartEngineOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: EngineLog;
  readonly store: MillraceStore;
  /** Where variables and connections are looked for. */
  readonly secrets: SecretsBackend;
  readonly onlyDags?: readonly string[];
  readonly onCommit?: (runs: readonly CommittedRun[]) => void;
  readonly fault?: (point: FaultPoint) => void;
  /** How to take down what stands, last first; what is started here is put in front. */
  readonly ends: (() => Promise<unknown>)[];
}

/** Starts executor and scheduler, which need each other. */
export async function startEngine(
  options: StartEngineOptions,
): Promise<{ readonly scheduler: Scheduler; readonly executor: Executor }> {
  const { config, log, env, store, secrets, onlyDags, onCommit, fault, ends } = options;
  const rules = rulesOf(config);
  const clock = createClock();
  const sentAtMs = clock.monotonicMs();
  clock.correct(await store.engine.now(), sentAtMs);
  const box: { scheduler?: Scheduler } = {};
  const runOf = (dispatchId: string): number | undefined => box.scheduler?.runOf(dispatchId);
  const tracing = await startTracing(config);
  if (tracing) ends.unshift(() => tracing.runs.stop());
  const executor = await createLocalExecutor({
    dataFolder: config.core.dataFolder,
    calls: createWorkerCalls({ store: store.engine, runOf, secrets }),
    report: (reports) => box.scheduler?.report(reports),
    clock,
    environment: env,
    environmentNames: config.executor.environment,
    concurrency: config.executor.concurrency,
    workers: config.executor.workers,
    memoryMb: config.executor.memoryMb,
    graceMs: config.executor.graceMs,
    rules,
    configuration: templateConfiguration(config),
    ...(tracing && { tracing: tracing.workers }),
  });
  ends.unshift(() => executor.close());
  const scheduler = new Scheduler({
    store: store.engine,
    executor,
    clock,
    log,
    host: hostname(),
    pid: process.pid,
    pidStartedAt: (await processStartedAt(process.pid)) ?? "",
    rules,
    ...(tracing && { tracer: tracing.runs }),
    ...(onlyDags && { onlyDags }),
    ...(onCommit && { onCommit }),
    ...(fault && { fault }),
  });
  box.scheduler = scheduler;
  await scheduler.start();
  ends.unshift(() => scheduler.stop());
  if (!onlyDags) {
    startRetention(options, scheduler);
    ends.unshift(publishMetrics({ store: store.metrics, read: () => scheduler.metrics(), log }));
  }
  return { scheduler, executor };
}

function startRetention({ config, log, store, ends }: StartEngineOptions, scheduler: Scheduler): void {
  const { dataFolder } = config.core;
  const retention = new Retention({
    store: store.retention,
    blobs: createFolderBlobStore(join(dataFolder, "blobs")),
    dataFolder,
    policy: retentionPolicyOf(config),
    webhookDeliveriesMicros: deliveriesMicrosOf(config),
    auditMicros: auditMicrosOf(config),
    archive: config.retention.archive,
    log,
    schedulerId: () => scheduler.schedulerId,
  });
  retention.start();
  ends.unshift(() => retention.stop());
}
