import type { BlobStore, BuiltDag, Dispatch, Micros, Outcome, Report, WorkerCalls } from "@millrace/core";
import { InProcessExecutor, type Execution } from "./in-process-executor.ts";
import { createMemoryBlobStore } from "./memory-blobs.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** A try to run alone. */
export interface TryDispatchOptions {
  readonly dispatch: Dispatch;
  readonly dag: BuiltDag;
  readonly now: Micros;
  readonly calls: Omit<WorkerCalls, "bundle">;
  /** Told how a body may sleep by the clock, before the first one runs. */
  readonly onSleeper?: (sleep: (micros: Micros, signal: AbortSignal) => Promise<void>) => void;
}

/** How a try ended that was followed through its reschedules and deferrals. */
export interface TriedDispatch {
  readonly report: Extract<Report, { kind: "ended" }>;
  readonly outcome: Exclude<Outcome, { kind: "reschedule" | "defer" }>;
  /** One for each time that its code was started. */
  readonly executions: readonly Execution[];
  /** Where results lie that are too large for a row. */
  readonly blobs: BlobStore;
}

/** Runs one try to its end, in this process: waits pass at once, by a clock that begins at `now`. */
export async function tryDispatch(options: TryDispatchOptions): Promise<TriedDispatch> {
  const clock = new VirtualClock(options.now);
  const executions: Execution[] = [];
  const blobs = createMemoryBlobStore();
  const executor = new InProcessExecutor({
    clock,
    dags: new Map([[options.dag.graph.dagId, options.dag]]),
    calls: options.calls,
    blobs,
    onExecution: (execution) => executions.push(execution),
    onCallback: () => undefined,
  });
  options.onSleeper?.((micros, signal) => executor.sleep(micros, signal));
  const startedAt = clock.now();
  let { dispatch } = options;
  try {
    for (;;) {
      executor.start([dispatch]);
      const report = await follow(executor, clock);
      const { outcome } = report;
      if (!("afterMicros" in outcome)) return { report, outcome, executions, blobs };
      clock.advanceTo(deferredUntil(dispatch, clock.now() + outcome.afterMicros, startedAt));
      const { resume: _before, ...again } = dispatch;
      dispatch = { ...again, firstStartedAt: dispatch.firstStartedAt ?? startedAt };
      if (!isSensor(options)) dispatch = { ...dispatch, tryStartedAt: startedAt };
      if (outcome.resume !== undefined) dispatch = { ...dispatch, resume: outcome.resume };
    }
  } finally {
    executor.die();
  }
}

/** No longer than the try may take: it ends by its execution timeout then. */
function deferredUntil({ executionTimeoutMicros }: Dispatch, until: Micros, startedAt: Micros): Micros {
  return executionTimeoutMicros === undefined ? until : Math.min(until, startedAt + executionTimeoutMicros);
}

function isSensor({ dag, dispatch }: TryDispatchOptions): boolean {
  return dag.bodies.get(dispatch.taskId)?.kind === "sensor";
}

async function follow(executor: InProcessExecutor, clock: VirtualClock): Promise<Extract<Report, { kind: "ended" }>> {
  for (;;) {
    await executor.settled();
    const report = executor.takeReport();
    if (report?.kind === "ended") return report;
    if (report?.kind === "started") executor.acknowledgeStarted([report.dispatchId]);
    else clock.advanceTo(clock.nextAt() ?? clock.now());
  }
}
