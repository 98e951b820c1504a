import type { Dispatch, EndChange, RunHead } from "@millrace/core";
import type { isSampled, traceIdOf, trySpanId } from "./trace-ids.ts";

/** Hears of what a scheduler has committed. Called in the tick: it only notes, and sends later. */
export interface RunTracer {
  tryEnded(run: RunHead, end: EndChange): void;
  runEnded(run: RunHead): void;
}

/** Wraps user code in a worker process. */
export interface TryTracer {
  /** Runs `work` where the try's span is the active one. @param tell gets the W3C `traceparent` for programs that it starts. */
  run<T>(dispatch: Dispatch, work: () => Promise<T>, tell: (traceparent: string) => void): Promise<T>;
  /** Sends what waits, before the process ends. Never rejects. */
  flush(): Promise<void>;
}

/** How traces and spans are named; handed to the tracer, which then needs nothing else of the engine. */
export interface TraceIds {
  readonly isSampled: typeof isSampled;
  readonly traceIdOf: typeof traceIdOf;
  readonly trySpanId: typeof trySpanId;
}

/** How a worker process comes by its tracer: it loads a module, so that nothing of tracing is loaded where nobody traces. */
export interface TracingSetup {
  /** URL of a module that exports `makeTryTracer(options, ids): TryTracer`. */
  readonly module: string;
  /** Plain JSON. */
  readonly options: unknown;
}

/** What the module of a {@link TracingSetup} exports. */
export interface TracingModule {
  makeTryTracer(options: unknown, ids: TraceIds): TryTracer;
}
