import type { Metric } from "@millrace/provider-prometheus";
import { COMPONENTS, type HealthMetrics, isHealthy } from "./health-summary.ts";

const PREFIX = "thread_protection_ingestion_";

/** Labels and times of a push. */
export interface PushFacts {
  readonly environment: string;
  readonly dagId: string;
  readonly runId: string;
  /** Seconds since the epoch. */
  readonly finishedAtSeconds: number;
  readonly durationSeconds: number;
}

/** The gauges of one monitoring run. */
export function healthGauges(metrics: HealthMetrics, facts: PushFacts): readonly Metric[] {
  const shared = { environment: facts.environment, pipeline: "domain_ingestion", dag_id: facts.dagId };
  const gauge = (name: string, value: number, more: Readonly<Record<string, string>> = {}): Metric => ({
    name: `${PREFIX}${name}`,
    samples: [{ value, labels: { ...shared, ...more } }],
  });
  const run = { run_id: facts.runId };
  return [
    {
      name: `${PREFIX}component_health`,
      samples: COMPONENTS.map((component) => ({
        value: isHealthy(metrics[component]) ? 1 : 0,
        labels: { ...shared, component },
      })),
    },
    gauge("pipeline_health", metrics.summary.all_healthy ? 1 : 0, run),
    // A gauge in spite of its name: dashboards know it so.
    gauge("pipeline_failed_checks_total", metrics.summary.failed_components.length),
    gauge("pipeline_last_run_timestamp", facts.finishedAtSeconds),
    gauge("pipeline_run_duration_seconds", facts.durationSeconds, run),
  ];
}
