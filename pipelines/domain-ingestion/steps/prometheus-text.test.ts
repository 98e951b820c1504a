import { expect, test } from "vitest";
import { healthMetrics } from "./health-summary.ts";
import { prometheusText } from "./prometheus-text.ts";

test("a run is told as gauges with escaped labels", () => {
  const ok = { status: "success" };
  const metrics = healthMetrics({ kafka: ok, spark: ok, bronze: { status: "stale" }, silver: ok, gold: ok }, "t");
  const text = prometheusText(metrics, {
    environment: 'a"b',
    dagId: "monitoring_dag",
    runId: "r\n1",
    finishedAtSeconds: 1759276800,
    durationSeconds: 1.5,
  });
  const shared = 'environment="a\\"b",pipeline="domain_ingestion",dag_id="monitoring_dag"';
  const prefix = "thread_protection_ingestion_";
  expect(text.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
    `${prefix}component_health{${shared},component="kafka"} 1`,
    `${prefix}component_health{${shared},component="spark"} 1`,
    `${prefix}component_health{${shared},component="bronze"} 0`,
    `${prefix}component_health{${shared},component="silver"} 1`,
    `${prefix}component_health{${shared},component="gold"} 1`,
    `${prefix}pipeline_health{${shared},run_id="r\\n1"} 0`,
    `${prefix}pipeline_failed_checks_total{${shared}} 1`,
    `${prefix}pipeline_last_run_timestamp{${shared}} 1759276800`,
    `${prefix}pipeline_run_duration_seconds{${shared},run_id="r\\n1"} 1.5`,
    "",
  ]);
  expect(text.match(/^# TYPE \S+ gauge$/gm)).toHaveLength(5);
});
