import { hostname } from "node:os";
import { publishMetrics, type DagProcessor, type EngineLog } from "@millrace/engine";
import type { MillraceStore } from "@millrace/store";

/** Writes down what a DAG processor knows of itself, for `/metrics`. @returns stop */
export function publishProcessor(
  processor: DagProcessor,
  { metrics }: Pick<MillraceStore, "metrics">,
  log: EngineLog,
): () => Promise<void> {
  const source = `dag_processor:${hostname()}:${process.pid}`;
  return publishMetrics({ store: metrics, read: () => ({ source, snapshot: processor.metrics() }), log });
}
