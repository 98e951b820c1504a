import type { MetricsStore } from "@millrace/core";
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Gauge, Registry, type MetricObjectWithValues, type MetricValue } from "prom-client";
import { Reply } from "../http/reply.ts";
import type { Route } from "../http/route.ts";
import { printedMetrics, type PrintedMetric } from "./engine-metrics.ts";
import { measureRequests } from "./http-metrics.ts";

/** Who may read `/metrics`: everybody, callers with `can_read` on `Cluster Activity`, or nobody. */
export type MetricsAccess = "public" | "token" | "off";

/** What {@link serveMetrics} needs. */
export interface ServeMetricsOptions {
  readonly store: MetricsStore;
  readonly access: MetricsAccess;
  readonly version: string;
}

/**
 * Measures the server's requests, and makes the route of `/metrics`: the server's own numbers, and those that schedulers and DAG processors have left in
 * the database. While that does not answer, the server's own are all there is, and `millrace_database_up` is 0.
 *
 * @returns no route when nobody may read them.
 */
export function metricsRoutes(app: FastifyInstance, { store, access, version }: ServeMetricsOptions): readonly Route[] {
  if (access === "off") return [];
  const registry = new Registry();
  // Unlike in other programs, one process may hold several servers (tests do): nothing is global.
  collectDefaultMetrics({ register: registry });
  measureRequests(app, registry);
  new Gauge({
    name: "millrace_info",
    help: "Version of the server.",
    labelNames: ["version"],
    registers: [registry],
  }).set({ version }, 1);
  const isUp = new Gauge({
    name: "millrace_database_up",
    help: "1 when the database answered this scrape.",
    registers: [registry],
  });
  const scrape = async (): Promise<string> => {
    const printed = await readMetrics(store);
    isUp.set(printed === undefined ? 0 : 1);
    const others = new Registry();
    for (const metric of printed ?? []) others.registerMetric(asRegistered(metric));
    return (await Promise.all([registry.metrics(), others.metrics()])).join("\n");
  };
  return [
    {
      id: "get_metrics",
      method: "GET",
      url: "/metrics",
      access: access === "token" ? [["can_read", "Cluster Activity"]] : [],
      status: 200,
      readInput: () => ({ params: {}, query: {}, body: undefined }),
      handle: async () => new Reply(await scrape(), { mediaType: registry.contentType }),
    },
  ];
}

async function readMetrics(store: MetricsStore): Promise<readonly PrintedMetric[] | undefined> {
  try {
    return printedMetrics(await store.list());
  } catch {
    // An outage is what the numbers are looked at for: it is told by one of them.
    return undefined;
  }
}

type Registered = Parameters<Registry["registerMetric"]>[0];

/** The registry asks a metric for its values and prints them; it needs nothing else of one. */
function asRegistered(metric: PrintedMetric): Registered {
  const values: MetricObjectWithValues<MetricValue<string>> = {
    ...metric,
    aggregator: "sum",
    values: metric.values as MetricValue<string>[],
  } as unknown as MetricObjectWithValues<MetricValue<string>>;
  return { name: metric.name, get: () => Promise.resolve(values) } as unknown as Registered;
}
