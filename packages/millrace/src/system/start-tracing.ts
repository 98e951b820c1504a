import type { TracingSetup } from "@millrace/engine";
import type { Config } from "../config.ts";
import type { SendingRunTracer } from "../tracing/run-tracer.ts";
import type { TracingOptions } from "../tracing/tracing-options.ts";

/** What schedulers and workers trace with. */
export interface Tracing {
  readonly runs: SendingRunTracer;
  readonly workers: TracingSetup;
}

/** Traces runs if the configuration says where to; else nothing of tracing is even loaded. */
export async function startTracing({ tracing, core }: Pick<Config, "tracing" | "core">): Promise<Tracing | undefined> {
  if (tracing.otlpEndpoint === undefined || tracing.sampleRatio === 0) return undefined;
  const options: TracingOptions = {
    endpoint: tracing.otlpEndpoint,
    sampleRatio: tracing.sampleRatio,
    system: core.environment,
  };
  const { makeRunTracer } = await import("../tracing/run-tracer.ts");
  const module = import.meta.resolve(
    import.meta.url.endsWith(".ts") ? "../tracing/trace-tries-child.ts" : "../tracing/trace-tries-child.js",
  );
  return { runs: makeRunTracer(options), workers: { module, options } };
}
