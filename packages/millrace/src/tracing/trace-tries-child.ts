// Loaded by worker processes, and only where tracing is configured.
import { AsyncLocalStorage } from "node:async_hooks";
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type ContextManager,
  type Span,
  type TextMapPropagator,
} from "@opentelemetry/api";
import type { TraceIds, TryTracer } from "@millrace/engine";
import { makeSpanMaker } from "./make-provider.ts";
import type { TracingOptions } from "./tracing-options.ts";

/**
 * Makes the tracer of a worker process, and the one of OpenTelemetry's API in it: what user code and the libraries that it uses trace themselves joins
 * the try that it runs in.
 */
export function makeTryTracer(given: unknown, { isSampled, traceIdOf, trySpanId }: TraceIds): TryTracer {
  const options = given as TracingOptions;
  const { provider } = makeSpanMaker(options, "worker");
  context.setGlobalContextManager(asyncContexts());
  propagation.setGlobalPropagator(TRACE_CONTEXT);
  trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer("millrace");
  return {
    async run({ dagId, run, tryId, taskId, mapIndex, tryNumber }, work, tell) {
      const traceId = traceIdOf({ dagId, runKey: run.runKey, runId: run.runId }, options.system);
      if (!isSampled(traceId, options.sampleRatio)) return await work();
      const parent = { traceId, spanId: trySpanId(traceId, tryId), traceFlags: TraceFlags.SAMPLED, isRemote: true };
      const attributes = {
        "millrace.dag_id": dagId,
        "millrace.run_id": run.runKey,
        "millrace.task_id": taskId,
        "millrace.map_index": mapIndex,
        "millrace.try_number": tryNumber,
      };
      const span = tracer.startSpan(`code ${taskId}`, { attributes }, trace.setSpanContext(ROOT_CONTEXT, parent));
      tell(traceparentOf(span));
      return await context.with(trace.setSpan(ROOT_CONTEXT, span), async () => await ending(span, work));
    },
    // A receiver that is away costs spans, never the end of a process.
    flush: async () => await provider.forceFlush().catch(() => undefined),
  };
}

async function ending<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Without the message: it is masked where the try is told, not here.
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute("error.type", error instanceof Error ? error.name : typeof error);
    throw error;
  } finally {
    span.end();
  }
}

function traceparentOf(span: Span): string {
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-01`;
}

/** Keeps the active context through awaits, timers and events. */
function asyncContexts(): ContextManager {
  const active = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => active.getStore() ?? ROOT_CONTEXT,
    with: (given, work, self, ...args) => active.run(given, () => work.apply(self, args)),
    bind: (given, target) =>
      typeof target === "function"
        ? (((...args: readonly unknown[]) =>
            active.run(given, () => (target as (...a: readonly unknown[]) => unknown)(...args))) as typeof target)
        : target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

/** W3C trace context in headers of requests that instrumented libraries send; what tasks receive begins no trace. */
const TRACE_CONTEXT: TextMapPropagator = {
  inject(from, carrier, setter) {
    const span = trace.getSpan(from);
    if (span) setter.set(carrier, "traceparent", traceparentOf(span));
  },
  extract: (from) => from,
  fields: () => ["traceparent"],
};
