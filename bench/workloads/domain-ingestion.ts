import type { Bench } from "../bench.ts";
import { ingestDomains, type IngestionLoad } from "../ingest-domains.ts";
import type { Workload } from "../workload.ts";

const SMALLER = 10;

/** How fast the service of the domain ingestion takes a list over HTTP into its log, its start included. */
export const domainIngestion: Workload = {
  name: "domain-ingestion",
  title: ({ domains }) => `domain ingestion of ${domains.toLocaleString("en")} domains, by HTTP into the file log`,
  unit: "/s",
  better: "higher",
  run: async (bench) => {
    const { domains, seconds } = await ingestAll(bench);
    return [domains / seconds];
  },
};

/** How much its memory grows with ten times the list: what it knows of the domains it has seen, and nothing else. */
export const domainIngestionMemory: Workload = {
  name: "domain-ingestion-memory",
  title: ({ domains }) => `its peak RSS, ${domains.toLocaleString("en")} domains to a tenth of them`,
  unit: "×",
  better: "lower",
  must: 2,
  aim: 1.5,
  run: async (bench) => {
    const few = await ingestDomains(bench.scale.domains / SMALLER);
    return [(await ingestAll(bench)).peakRss / few.peakRss];
  },
};

function ingestAll(bench: Bench): Promise<IngestionLoad> {
  return bench.once("domain ingestion", () => ingestDomains(bench.scale.domains));
}
