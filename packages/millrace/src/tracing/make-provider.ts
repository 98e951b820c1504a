import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, RandomIdGenerator, TracerProvider } from "@opentelemetry/sdk-trace";
import type { TracingOptions } from "./tracing-options.ts";

const SEND_EVERY_MS = 1_000;
/** More than these wait for a receiver that is away: spans are dropped, never memory filled. */
const MOST_WAITING = 20_000;

/** Ids that follow from what a span is of. */
export interface GivenIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Makes spans and sends them. Spans whose ids are given get those; all others, random ones. */
export interface SpanMaker {
  readonly provider: TracerProvider;
  /** Spans that `start` starts get these ids; roots among them, the trace's. */
  withIds<T>(ids: GivenIds, start: () => T): T;
}

/**
 * Makes what spans are made with.
 *
 * @param part which of Millrace's processes sends, as `service.name` says after `millrace-`.
 */
export function makeSpanMaker({ endpoint, system }: TracingOptions, part: "scheduler" | "worker"): SpanMaker {
  const random = new RandomIdGenerator();
  let given: GivenIds | undefined;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": `millrace-${part}`,
      "deployment.environment.name": system,
      "process.pid": process.pid,
    }),
    idGenerator: {
      generateTraceId: () => given?.traceId ?? random.generateTraceId(),
      generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: endpoint }),
        scheduledDelayMillis: SEND_EVERY_MS,
        maxQueueSize: MOST_WAITING,
      }),
    ],
  });
  return {
    provider,
    withIds(ids, start) {
      given = ids;
      try {
        return start();
      } finally {
        given = undefined;
      }
    },
  };
}
