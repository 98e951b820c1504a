import { cron, dag, variable } from "millrace";
import { pipelineProfile } from "./pipeline-profile.ts";
import { dataFreshnessCheck } from "./operators/data-freshness-check-operator.ts";
import { kafkaHealthCheck } from "./operators/kafka-health-check-operator.ts";
import { mailOnFailure } from "./operators/mail-on-failure.ts";
import { pushMetrics } from "./operators/push-metrics.ts";
import { sparkJobCheck } from "./operators/spark-job-check-operator.ts";
import { FRESHNESS_LIMITS } from "./steps/freshness.ts";
import { failedChecks, healthMetrics, unfinishedChecks } from "./steps/health-summary.ts";
import type { Layer } from "./steps/lake-schema.ts";
import { metricsTarget } from "./steps/metrics-target.ts";

// Bundled, this file is CommonJS and has __dirname; run by Node itself it is a module.
const pipelineFolder = import.meta.dirname ?? __dirname;
const profile = pipelineProfile(pipelineFolder);
const { kafkaServers, layerPaths, lakeConnection, tablePath } = profile;

/** Every quarter of an hour: is the event log up, does the processing keep up, is the data fresh? */
export const monitoring = dag(
  "monitoring_dag",
  {
    description: "Checks the event log, the layer processing and the freshness of the tables",
    schedule: cron("*/15 * * * *"),
    start: "2025-10-01",
    catchup: false,
    maxActiveRuns: 1,
    pausedUponCreation: false,
    tags: ["monitoring", "health-check", "sre"],
    defaults: {
      owner: "sre",
      retries: 1,
      retryDelay: "2m",
      executionTimeout: "10m",
      onFailure: mailOnFailure(profile.failureMails),
    },
  },
  ({ group, task }) => {
    const infrastructure = group("infrastructure_health", ({ task }) => ({
      kafka: task(
        "check_kafka",
        kafkaHealthCheck({ kafkaServers, topics: ["malware_domains", "ads_trackers_domains"] }),
      ),
      spark: task("check_spark", sparkJobCheck({ kafkaServers, lakeConnection, ...profile.spark, ...layerPaths })),
    }));
    // On a new installation the first monitoring starts together with the first ingestion.
    const freshness = (layer: Layer) =>
      dataFreshnessCheck({
        deltaPath: tablePath(layer),
        lakeConnection,
        maxAgeMinutes: FRESHNESS_LIMITS[layer],
        firstDataWithinSeconds: 60,
      });
    const quality = group("data_quality", ({ task }) => ({
      bronze: task("check_bronze_freshness", freshness("bronze")),
      silver: task("check_silver_freshness", freshness("silver")),
      gold: task("check_gold_freshness", freshness("gold")),
    }));

    const { kafka, spark } = infrastructure;
    const { bronze, silver, gold } = quality;
    const gateway = variable("pushgateway_url", "");
    const environment = variable("monitoring_environment", "");
    task(
      "collect_metrics",
      { input: { kafka, spark, bronze, silver, gold, gateway, environment } },
      async ({ gateway, environment, ...results }, ctx) => {
        const { dagId, runId, log } = ctx;
        const metrics = healthMetrics(results, new Date().toISOString());
        log.info("pipeline health", metrics);
        const startedAtMs = Math.min(...Object.values(results).map((result) => Date.parse(result.checked_at)));
        const target = metricsTarget({ gateway, environment }, process.env);
        await pushMetrics(metrics, { ...target, dagId, runId, startedAtMs, ctx });
        return metrics;
      },
    );

    task(
      "alert_on_failure",
      { after: [infrastructure, quality], triggerRule: "one_failed" },
      (_, { log, logicalDate, upstream, xcom }) => {
        const checks = upstream();
        const alert = { failed_checks: failedChecks(checks), unfinished_checks: unfinishedChecks(checks) };
        xcom.push("failed_checks", alert.failed_checks);
        log.error("pipeline checks failed", { execution_date: new Date(logicalDate).toISOString(), ...alert });
        return alert;
      },
    );
  },
);
