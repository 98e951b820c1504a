import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DagDefinition } from "millrace";
import { expect, test } from "vitest";
import { domainIngestion, domainIngestionPerSource } from "./domain-ingestion.dag.ts";
import { domainLayers } from "./domain-layers.dag.ts";
import { monitoring } from "./monitoring.dag.ts";

function edgesOf(definition: DagDefinition): Readonly<Record<string, readonly string[]>> {
  const { tasks } = definition.graph();
  return Object.fromEntries(
    tasks.map((task) => [task.taskId, task.upstream.map((edge) => tasks[edge.task]?.taskId ?? "?")]),
  );
}

test("the ingestion is a chain of three, every hour, without catch-up, one run at a time", () => {
  const { dag, tasks } = domainIngestion.graph();
  expect(domainIngestion.dagId).toBe("domain_ingestion_dag");
  expect(edgesOf(domainIngestion)).toEqual({
    check_kafka_health: [],
    run_full_ingestion: ["check_kafka_health"],
    send_success_notification: ["run_full_ingestion"],
  });
  expect(dag).toMatchObject({
    schedule: { kind: "cron", expression: "0 * * * *", zone: "UTC" },
    start: Date.UTC(2025, 9, 1) * 1_000,
    catchup: false,
    maxActiveRuns: 1,
    tags: ["ingestion", "domains", "kafka"],
  });
  for (const task of tasks)
    expect(task).toMatchObject({
      owner: "data-engineering",
      retries: 2,
      retryDelayMicros: 300_000_000,
      executionTimeoutMicros: 1_800_000_000,
    });
});

test("each source can be a task of its own in a group", () => {
  const fetches = ["stevenblack", "urlhaus", "1hosts", "adwars"].map((name) => `fetch_sources.fetch_${name}`);
  expect(edgesOf(domainIngestionPerSource)).toEqual({
    check_kafka_health: [],
    ...Object.fromEntries(fetches.map((id) => [id, ["check_kafka_health"]])),
    send_success_notification: fetches,
  });
});

test("the layers follow one another whenever domains were published", () => {
  expect(edgesOf(domainLayers)).toEqual({
    process_bronze: [],
    process_silver: ["process_bronze"],
    process_gold: ["process_silver"],
  });
  expect(domainLayers.graph().dag.schedule).toMatchObject({ kind: "assets" });
  expect(domainIngestion.graph().tasks[1]).toMatchObject({ outlets: ["x-domain-ingestion://event-log/domains"] });
});

test("monitoring joins two groups of checks into metrics and into an alert", () => {
  const checks = [
    "infrastructure_health.check_kafka",
    "infrastructure_health.check_spark",
    "data_quality.check_bronze_freshness",
    "data_quality.check_silver_freshness",
    "data_quality.check_gold_freshness",
  ];
  expect(edgesOf(monitoring)).toEqual({
    ...Object.fromEntries(checks.map((id) => [id, []])),
    collect_metrics: checks,
    alert_on_failure: checks,
  });
  const { dag, tasks } = monitoring.graph();
  expect(tasks.map((task) => task.triggerRule).slice(-2)).toEqual(["all_success", "one_failed"]);
  expect(dag).toMatchObject({
    schedule: { expression: "*/15 * * * *" },
    maxActiveRuns: 1,
    tags: ["monitoring", "health-check", "sre"],
  });
  for (const task of tasks)
    expect(task).toMatchObject({
      owner: "sre",
      retries: 1,
      retryDelayMicros: 120_000_000,
      executionTimeoutMicros: 600_000_000,
      callbacks: ["failure"],
    });
  for (const task of domainIngestion.graph().tasks) expect(task.callbacks).toEqual([]);
});

test.each(["domain-ingestion", "domain-layers", "monitoring"])(
  "%s.dag.ts reads like its diagram: at most 120 lines",
  (name) => {
    expect(readFileSync(join(import.meta.dirname, `${name}.dag.ts`), "utf8").split("\n").length).toBeLessThanOrEqual(
      120,
    );
  },
);
