import { type Log, cron, dag, param } from "millrace";
import { pipelineProfile, publishedDomains } from "./pipeline-profile.ts";
import { type IngestionResult, ingestion } from "./operators/ingestion-operator.ts";
import { kafkaHealthCheck } from "./operators/kafka-health-check-operator.ts";

// Bundled, this file is CommonJS and has __dirname; run by Node itself it is a module.
const pipelineFolder = import.meta.dirname ?? __dirname;
const { kafkaServers, configPath } = pipelineProfile(pipelineFolder);

const TAGS = ["ingestion", "domains", "kafka"];
const TOPICS = ["malware_domains", "ads_trackers_domains"];
const SOURCES = ["stevenblack", "urlhaus", "1hosts", "adwars"];
const DEFAULTS = { owner: "data-engineering", retries: 2, retryDelay: "5m", executionTimeout: "30m" } as const;
const config = param(null, {
  type: ["string", "null"],
  description: "Configuration of the sources, relative to the pipeline's folder. Empty: the variable ingestion_config.",
});

/** Every hour: check the event log, fetch and publish all sources, say so. */
export const domainIngestion = dag(
  "domain_ingestion_dag",
  {
    description: "Publishes harmful domains from public lists to the event log",
    schedule: cron("0 * * * *"),
    start: "2025-10-01",
    catchup: false,
    maxActiveRuns: 1,
    pausedUponCreation: false,
    tags: TAGS,
    defaults: DEFAULTS,
    params: {
      config,
      source: param(null, { type: ["string", "null"], description: "Ingest this source alone. Empty: all." }),
    },
  },
  ({ task, params }) => {
    const health = task("check_kafka_health", kafkaHealthCheck({ kafkaServers, topics: TOPICS }));
    const result = task(
      "run_full_ingestion",
      { after: [health], outlets: [publishedDomains] },
      ingestion({ pipelineFolder, configPath, kafkaServers, sourceName: params.source, executionMode: "subprocess" }),
    );
    task("send_success_notification", { input: { result } }, ({ result }, { log, logicalDate }) =>
      notifySuccess(log, logicalDate, [result]),
    );
  },
);

/** By hand: the same with a task per source, which shows and retries each on its own. */
export const domainIngestionPerSource = dag(
  "domain_ingestion_per_source_dag",
  {
    description: "Publishes harmful domains from public lists to the event log, one task per list",
    schedule: null,
    start: "2025-10-01",
    maxActiveRuns: 1,
    pausedUponCreation: false,
    tags: TAGS,
    defaults: DEFAULTS,
    params: { config },
  },
  ({ task, group }) => {
    const health = task("check_kafka_health", kafkaHealthCheck({ kafkaServers, topics: TOPICS }));
    const fetched = group("fetch_sources", { after: [health] }, ({ task }) => ({
      results: SOURCES.map((sourceName) =>
        task(
          `fetch_${sourceName}`,
          { outlets: [publishedDomains] },
          ingestion({ pipelineFolder, configPath, kafkaServers, sourceName }),
        ),
      ),
    }));
    task("send_success_notification", { input: { results: fetched.results } }, ({ results }, { log, logicalDate }) =>
      notifySuccess(log, logicalDate, results),
    );
  },
);

function notifySuccess(log: Log, logicalDate: string, results: readonly IngestionResult[]): void {
  log.info("domain ingestion succeeded", {
    execution_date: new Date(logicalDate).toISOString(),
    results: results.map((result) => ("result" in result ? result.result : result)),
  });
}
