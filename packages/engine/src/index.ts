export { createClock, type Clock, type CorrectableClock } from "./clock.ts";
export { createLocalExecutor } from "./executors/local/local-executor.ts";
export type { LocalExecutorOptions } from "./executors/local/local-limits.ts";
export { processStartedAt } from "./executors/local/process-started-at.ts";
export { Scheduler, type SchedulerOptions } from "./scheduler/scheduler.ts";
export type { CommittedRun, EngineLog, FaultPoint } from "./scheduler/tick-state.ts";
export { createWorkerCalls, environmentSecrets, type SecretsBackend, type WorkerCallsOptions } from "./worker-calls.ts";
