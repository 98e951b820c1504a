export { createClock, type Clock, type CorrectableClock } from "./clock.ts";
export {
  createDagProcessor,
  type DagProcessor,
  type DagProcessorOptions,
  type SavedDag,
} from "./dag-processor/dag-processor.ts";
export { createConnectionTypes } from "./connections/connection-types.ts";
export type { KnownType, Trial } from "./connections/known-type.ts";
export { placeOf } from "./connections/place-of.ts";
export { STANDARD_CONNECTION_TYPES } from "./connections/standard-types.ts";
export {
  withProviderTypes,
  type LoadableProvider,
  type ProviderTypesOptions,
} from "./providers/provider-connection-types.ts";
export { readProviders, type ProviderEnvironment, type ReadProvider } from "./providers/read-providers.ts";
export { createNetwork, type Network } from "./network/guarded-network.ts";
export { createFolderBlobStore } from "./blobs/folder-blob-store.ts";
export type { ScheduleEntries, ScheduleEntry, ScheduleFault, SchedulesSource } from "./dag-processor/schedules-file.ts";
export { readDags, type ReadDagsOptions } from "./dag-processor/read-dags.ts";
export { createLocalExecutor } from "./executors/local/local-executor.ts";
export type { LocalExecutorOptions } from "./executors/local/local-limits.ts";
export { parseLogLine, type LogLevel, type LogLine } from "./logs/log-line.ts";
export { createLogReader } from "./logs/log-reader.ts";
export { readLiveLog, readLog, type LiveLogCursor } from "./logs/read-log.ts";
export { createRemoteLogs, type RemoteLogsOptions } from "./logs/remote-logs.ts";
export { createPages, type PagesOptions } from "./pages/create-pages.ts";
export { createRemoteWorker, type RemoteWorker, type RemoteWorkerOptions } from "./remote/remote-worker.ts";
export { publishMetrics, type PublishedMetrics } from "./metrics/publish-metrics.ts";
export { previewBackfill, type PreviewedDate } from "./preview-backfill.ts";
export { previewCommand, type PreviewOptions } from "./preview-command.ts";
export { processStartedAt } from "./executors/local/process-started-at.ts";
export { findWorkerProcesses, type WorkerProcess } from "./executors/local/survivors.ts";
export { ArchiveFolder, type ArchiveManifest } from "./retention/archive-folder.ts";
export { Retention, type RetentionOptions } from "./retention/retention.ts";
export { runFromRows } from "./scheduler/owned-dags.ts";
export { Scheduler, type SchedulerOptions } from "./scheduler/scheduler.ts";
export type { CommittedRun, EngineLog, FaultPoint } from "./scheduler/tick-state.ts";
export { liveSchedulers, sendCommand, settleCommand, type Sending, type SendOptions } from "./send-command.ts";
export { isSampled, runSpanId, traceIdOf, trySpanId } from "./tracing/trace-ids.ts";
export type { RunTracer, TraceIds, TracingSetup, TryTracer } from "./tracing/tracers.ts";
export { trialDispatch, type TrialOptions } from "./trial-dispatch.ts";
export { chainSecrets } from "./secrets/chain-secrets.ts";
export { environmentSecrets } from "./secrets/environment-secrets.ts";
export { createWorkerCalls, type WorkerCallsOptions } from "./worker-calls.ts";
