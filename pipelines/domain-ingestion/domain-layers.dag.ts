import { dag } from "millrace";
import { pipelineProfile, publishedDomains } from "./pipeline-profile.ts";
import { processLayer } from "./operators/layer-operator.ts";

// Bundled, this file is CommonJS and has __dirname; run by Node itself it is a module.
const pipelineFolder = import.meta.dirname ?? __dirname;
const { kafkaServers, layerPaths, spark } = pipelineProfile(pipelineFolder);
const options = { pipelineFolder, kafkaServers, ...layerPaths, ...spark };

/** Whenever domains were published: carry them through bronze, silver and gold. Here or by jobs of Spark, as `spark_master` says. */
export const domainLayers = dag(
  "domain_layers_dag",
  {
    description: "Carries published domains through the bronze, silver and gold tables",
    schedule: publishedDomains,
    start: "2025-10-01",
    maxActiveRuns: 1,
    pausedUponCreation: false,
    tags: ["ingestion", "domains", "lake"],
    defaults: { owner: "data-engineering", retries: 2, retryDelay: "1m", executionTimeout: "30m" },
  },
  ({ task }) => {
    const bronze = task("process_bronze", processLayer({ layer: "bronze", ...options }));
    const silver = task("process_silver", { after: [bronze] }, processLayer({ layer: "silver", ...options }));
    task("process_gold", { after: [silver] }, processLayer({ layer: "gold", ...options }));
  },
);
