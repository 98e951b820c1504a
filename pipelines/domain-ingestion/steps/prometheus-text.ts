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

/** The gauges of one monitoring run in the text format of Prometheus. */
export function prometheusText(metrics: HealthMetrics, facts: PushFacts): string {
  const shared = { environment: facts.environment, pipeline: "domain_ingestion", dag_id: facts.dagId };
  const run = { ...shared, run_id: facts.runId };
  const gauges: readonly [
    name: string,
    samples: readonly [labels: Readonly<Record<string, string>>, value: number][],
  ][] = [
    [
      "component_health",
      COMPONENTS.map((component) => [{ ...shared, component }, isHealthy(metrics[component]) ? 1 : 0]),
    ],
    ["pipeline_health", [[run, metrics.summary.all_healthy ? 1 : 0]]],
    ["pipeline_failed_checks_total", [[shared, metrics.summary.failed_components.length]]],
    ["pipeline_last_run_timestamp", [[shared, facts.finishedAtSeconds]]],
    ["pipeline_run_duration_seconds", [[run, facts.durationSeconds]]],
  ];
  return gauges
    .map(
      ([name, samples]) =>
        `# TYPE ${PREFIX}${name} gauge\n${samples.map(([labels, value]) => `${PREFIX}${name}${labelText(labels)} ${value}\n`).join("")}`,
    )
    .join("");
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string): string =>
    value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;
}
