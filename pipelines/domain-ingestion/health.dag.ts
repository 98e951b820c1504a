import { page, param, type PageContext, type PageResult } from "millrace";
import { domainIngestion, domainIngestionPerSource } from "./domain-ingestion.dag.ts";
import { domainLayers } from "./domain-layers.dag.ts";
import { monitoring } from "./monitoring.dag.ts";
import { PUBLISHED_BY_SOURCE } from "./operators/ingestion-operator.ts";
import { healthPanels } from "./steps/health-panels.ts";
import type { Layer } from "./steps/lake-schema.ts";

const DAGS = [domainIngestion, domainIngestionPerSource, domainLayers, monitoring];
const PASSES = 500;
const RUNS = 50;

/** A tab of the monitoring: how fresh the layers are and were, how many domains each source gave, and what failed last. */
export const health = page(
  "domain_ingestion_health",
  {
    title: "Health",
    description: "Freshness of bronze, silver and gold, domains per source, last failures",
    dag: monitoring,
    reads: DAGS,
    icon: "heart",
    refreshSeconds: 30,
    params: { hours: param(24, { title: "Hours", description: "How far back the charts go", enum: [6, 24, 72, 168] }) },
  },
  async (ctx) => {
    const passes = (layer: Layer): Promise<readonly PageResult[]> =>
      ctx.results(domainLayers, `process_${layer}`, { limit: PASSES });
    const [bronze, silver, gold, published, checks, failures, runs] = await Promise.all([
      passes("bronze"),
      passes("silver"),
      passes("gold"),
      publishedBySource(ctx),
      ctx.instances(monitoring, { runs: 1 }),
      Promise.all(DAGS.map((dag) => ctx.instances(dag, { states: ["failed"], runs: RUNS }))),
      Promise.all(DAGS.map((dag) => ctx.runs(dag, { limit: RUNS }))),
    ]);
    return healthPanels({
      nowMs: Date.parse(ctx.now()),
      hours: ctx.params.hours,
      passes: { bronze, silver, gold },
      published,
      checks: checks.filter(({ taskId }) => taskId.includes(".check_")),
      failures: failures.flat(),
      runs: runs.flat(),
    });
  },
);

async function publishedBySource({ results }: PageContext<unknown>): Promise<readonly PageResult[]> {
  const sources = ["stevenblack", "urlhaus", "1hosts", "adwars"];
  const key = PUBLISHED_BY_SOURCE;
  const all = await Promise.all([
    results(domainIngestion, "run_full_ingestion", { key, limit: 200 }),
    ...sources.map((source) => results(domainIngestionPerSource, `fetch_sources.fetch_${source}`, { key, limit: 50 })),
  ]);
  return all.flat();
}
