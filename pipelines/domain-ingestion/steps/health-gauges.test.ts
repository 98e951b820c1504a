import { expect, test } from "vitest";
import { healthGauges } from "./health-gauges.ts";
import { healthMetrics } from "./health-summary.ts";

test("a run is told as five gauges with the labels of dashboards", () => {
  const ok = { status: "success" };
  const metrics = healthMetrics({ kafka: ok, spark: ok, bronze: { status: "stale" }, silver: ok, gold: ok }, "t");
  const gauges = healthGauges(metrics, {
    environment: "e",
    dagId: "monitoring_dag",
    runId: "r",
    finishedAtSeconds: 1759276800,
    durationSeconds: 1.5,
  });
  const labels = { environment: "e", pipeline: "domain_ingestion", dag_id: "monitoring_dag" };
  const run = { ...labels, run_id: "r" };
  const prefix = "thread_protection_ingestion_";
  expect(gauges).toEqual([
    {
      name: `${prefix}component_health`,
      samples: [
        { value: 1, labels: { ...labels, component: "kafka" } },
        { value: 1, labels: { ...labels, component: "spark" } },
        { value: 0, labels: { ...labels, component: "bronze" } },
        { value: 1, labels: { ...labels, component: "silver" } },
        { value: 1, labels: { ...labels, component: "gold" } },
      ],
    },
    { name: `${prefix}pipeline_health`, samples: [{ value: 0, labels: run }] },
    { name: `${prefix}pipeline_failed_checks_total`, samples: [{ value: 1, labels }] },
    { name: `${prefix}pipeline_last_run_timestamp`, samples: [{ value: 1759276800, labels }] },
    { name: `${prefix}pipeline_run_duration_seconds`, samples: [{ value: 1.5, labels: run }] },
  ]);
});
