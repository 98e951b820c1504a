import ELK from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import { fromElk, toElk } from "./elk-graph.model.ts";
import type { GraphLayout, LayoutInput } from "./graph-layout.model.ts";

/** Places a large graph in a worker of its own, which ends with it. @throws what `signal` was aborted with */
export async function layoutElk(input: LayoutInput, signal: AbortSignal): Promise<GraphLayout> {
  const elk = new ELK({ workerFactory: () => new Worker(workerUrl) });
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort);
  try {
    return fromElk(await Promise.race([elk.layout(toElk(input)), aborted]));
  } finally {
    signal.removeEventListener("abort", onAbort);
    elk.terminateWorker();
  }
}
