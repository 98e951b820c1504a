import { hostname } from "node:os";
import { openPrometheus, type PrometheusContext } from "@millrace/provider-prometheus";
import type { HealthMetrics } from "../steps/health-summary.ts";
import { healthGauges } from "../steps/health-gauges.ts";
import type { MetricsTarget } from "../steps/metrics-target.ts";

const JOB = "airflow_monitoring_dag";

/** Where and for which run metrics are pushed. */
export interface MetricsPush extends MetricsTarget {
  readonly dagId: string;
  readonly runId: string;
  readonly startedAtMs: number;
  readonly ctx: PrometheusContext;
}

/** Pushes the metrics of a run as gauges. A gateway that fails is a warning, never a failure. @returns true when they arrived. */
export async function pushMetrics(metrics: HealthMetrics, push: MetricsPush): Promise<boolean> {
  const { gateway, environment, dagId, runId, startedAtMs, ctx } = push;
  if (gateway === "") return false;
  const nowMs = Date.now();
  const gauges = healthGauges(metrics, {
    environment,
    dagId,
    runId,
    finishedAtSeconds: Math.floor(nowMs / 1_000),
    durationSeconds: Math.max(0, nowMs - startedAtMs) / 1_000,
  });
  try {
    await using prometheus = await openPrometheus({ url: gateway }, { ctx, timeout: "5s" });
    await prometheus.push({ job: JOB, grouping: { instance: hostname(), dag_id: dagId }, metrics: gauges });
    ctx.log.info("metrics pushed", { gateway: prometheus.base });
    return true;
  } catch (error) {
    ctx.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    ctx.log.warn("metrics could not be pushed", { reason });
    return false;
  }
}
