import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type HrTime,
} from "@opentelemetry/api";
import type { EndChange, Micros, RunHead } from "@millrace/core";
import { isSampled, runSpanId, traceIdOf, trySpanId, type RunTracer } from "@millrace/engine";
import { makeSpanMaker } from "./make-provider.ts";
import type { TracingOptions } from "./tracing-options.ts";

/** A {@link RunTracer} that sends spans of runs and tries when they have ended. */
export interface SendingRunTracer extends RunTracer {
  /** Sends what waits. Never rejects. */
  stop(): Promise<void>;
}

/** Makes the tracer of a scheduler. */
export function makeRunTracer(options: TracingOptions): SendingRunTracer {
  const { provider, withIds } = makeSpanMaker(options, "scheduler");
  const tracer = provider.getTracer("millrace");
  const traceOf = (run: RunHead): string | undefined => {
    const traceId = traceIdOf(run, options.system);
    return isSampled(traceId, options.sampleRatio) ? traceId : undefined;
  };
  return {
    runEnded(run) {
      const traceId = traceOf(run);
      const { startedAt, endedAt, clearNumber, state } = run;
      if (traceId === undefined || startedAt === undefined || endedAt === undefined) return;
      const span = withIds({ traceId, spanId: runSpanId(traceId, clearNumber) }, () =>
        tracer.startSpan(`run ${run.dagId}`, { startTime: hrTime(startedAt), attributes: ofRun(run) }, ROOT_CONTEXT),
      );
      span.setAttribute("millrace.state", state);
      if (state === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(hrTime(endedAt));
    },
    tryEnded(run, end) {
      const traceId = traceOf(run);
      if (traceId === undefined || end.startedAt === undefined || goesOn(end)) return;
      const parent = { traceId, spanId: runSpanId(traceId, run.clearNumber), traceFlags: TraceFlags.SAMPLED };
      const tryId = `${run.runId}/${end.taskId}/${end.mapIndex}/${end.tryNumber}`;
      const span = withIds({ traceId, spanId: trySpanId(traceId, tryId) }, () =>
        tracer.startSpan(
          `try ${end.taskId}`,
          {
            kind: SpanKind.PRODUCER,
            startTime: hrTime(end.startedAt as Micros),
            attributes: { ...ofRun(run), ...ofTry(end) },
          },
          trace.setSpanContext(ROOT_CONTEXT, parent),
        ),
      );
      if (end.cause && end.state !== "skipped")
        span.setStatus({ code: SpanStatusCode.ERROR, message: end.cause.message });
      span.end(hrTime(end.endedAt));
    },
    // A receiver that is away costs spans, never a clean end.
    stop: async () => await provider.shutdown().catch(() => undefined),
  };
}

/** A dispatch has ended, its try has not. */
function goesOn({ state }: EndChange): boolean {
  return state === "deferred" || state === "up_for_reschedule";
}

function ofRun({ dagId, runKey, runType, dagVersion }: RunHead): Attributes {
  return {
    "millrace.dag_id": dagId,
    "millrace.run_id": runKey,
    "millrace.run_type": runType,
    "millrace.dag_version": dagVersion,
  };
}

function ofTry({ taskId, mapIndex, tryNumber, state, workerId, cause }: EndChange): Attributes {
  return {
    "millrace.task_id": taskId,
    "millrace.map_index": mapIndex,
    "millrace.try_number": tryNumber,
    "millrace.state": state,
    ...(workerId !== undefined && { "millrace.worker_id": workerId }),
    ...(cause && { "millrace.cause": cause.code }),
  };
}

function hrTime(micros: Micros): HrTime {
  const seconds = Math.floor(micros / 1_000_000);
  return [seconds, (micros - seconds * 1_000_000) * 1_000];
}
