import { hostname } from "node:os";
import type { Log } from "millrace";
import type { HealthMetrics } from "../steps/health-summary.ts";
import type { MetricsTarget } from "../steps/metrics-target.ts";
import { prometheusText } from "../steps/prometheus-text.ts";

const JOB = "airflow_monitoring_dag";
const TIMEOUT_MS = 5_000;

/** Where and for which run metrics are pushed. */
export interface MetricsPush extends MetricsTarget {
  readonly dagId: string;
  readonly runId: string;
  readonly startedAtMs: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Pushes the metrics of a run as gauges. A gateway that fails is a warning, never a failure. @returns true when they arrived. */
export async function pushMetrics(metrics: HealthMetrics, push: MetricsPush): Promise<boolean> {
  const { gateway, environment, dagId, runId, startedAtMs, log, signal } = push;
  if (gateway === "") return false;
  const nowMs = Date.now();
  const body = prometheusText(metrics, {
    environment,
    dagId,
    runId,
    finishedAtSeconds: Math.floor(nowMs / 1_000),
    durationSeconds: Math.max(0, nowMs - startedAtMs) / 1_000,
  });
  const path = [JOB, "instance", hostname(), "dag_id", dagId].map(encodeURIComponent).join("/");
  const address = `${gateway.replace(/\/$/, "")}/metrics/job/${path}`;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const headers = { "content-type": "text/plain; version=0.0.4" };
    const response = await fetch(address, { method: "PUT", body, headers, signal: limit });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    log.info("metrics pushed", { address });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    log.warn("metrics could not be pushed", {
      address,
      reason: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
}
