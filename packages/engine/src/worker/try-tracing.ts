import type { Dispatch, Outcome } from "@millrace/core";
import type { TracingModule, TracingSetup, TryTracer } from "../tracing/tracers.ts";
import { isSampled, traceIdOf, trySpanId } from "../tracing/trace-ids.ts";
import type { TryScope } from "./try-scope.ts";

const FLUSH_MS = 500;

/** Traces the tries of a worker process, once its tracer is loaded; tries that come before wait for it. */
export class TryTracing {
  readonly #tracer: Promise<TryTracer | undefined>;

  constructor({ module, options }: TracingSetup) {
    this.#tracer = import(module).then(
      (loaded: TracingModule) => loaded.makeTryTracer(options, { isSampled, traceIdOf, trySpanId }),
      (error: unknown) => {
        // A worker that cannot trace works.
        process.stderr.write(`tracing cannot be loaded: ${String(error)}\n`);
        return undefined;
      },
    );
  }

  async run(dispatch: Dispatch, scope: TryScope, work: () => Promise<Outcome>): Promise<Outcome> {
    const tracer = await this.#tracer;
    if (!tracer) return await work();
    return await tracer.run(dispatch, work, (traceparent) => (scope.traceparent = traceparent));
  }

  /** Sends what waits, within half a second. */
  async flush(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_MS));
    await Promise.race([this.#tracer.then((tracer) => tracer?.flush()), late]);
  }
}
