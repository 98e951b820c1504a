import { operator, type Context } from "@millrace/core";
import { openPrometheus } from "./open-prometheus.ts";
import { SERVER_PROPERTIES, targetOf, type PrometheusServerOptions } from "./prometheus-options.ts";
import type { QueryResult } from "./query-result.ts";

/** Options of {@link promQuery}. */
export interface PromQueryOptions extends PrometheusServerOptions {
  /** PromQL: `sum(rate(http_requests_total[5m]))`. */
  readonly query: string;
  /** When it is evaluated: RFC 3339 or seconds since 1970. Default now. */
  readonly time?: string | number;
}

/** Options of {@link waitForQuery}. */
export interface WaitForQueryOptions extends PromQueryOptions {
  /** What every sample has to be. Default: there is a sample at all. */
  readonly compare?: "==" | "!=" | "<" | "<=" | ">" | ">=";
  /** Compared with. Default 0. */
  readonly value?: number;
}

const QUERY_PROPERTIES = {
  ...SERVER_PROPERTIES,
  query: { type: "string", minLength: 1, description: "PromQL: `sum(rate(http_requests_total[5m]))`." },
  time: {
    anyOf: [{ type: "string", minLength: 1 }, { type: "number" }],
    description: "When it is evaluated: RFC 3339 or seconds since 1970. Default now.",
  },
} as const;

/**
 * Evaluates an expression on a Prometheus server, once.
 *
 * @returns `{ kind, samples: [{ labels, value, at }], warnings }`.
 * @throws Permanent for an expression that is none and a refused login, MillraceError TASK_FAILED for one that gives a range, UNREACHABLE, TIMEOUT.
 * @example promQuery({ url: "http://prometheus:9090", query: "up" })
 */
export const promQuery = operator({
  name: "PromQueryOperator",
  color: "#f2b8a0",
  doc: [
    "Evaluates a PromQL expression on a Prometheus server, now or at a given time.",
    "",
    "**Result**: `{ kind, samples, warnings }`; a sample has `labels`, `value` and `at` (seconds). **Fails** without another try for an expression that does",
    "not parse and a refused login; with `TASK_FAILED` for one that gives a range; with `UNREACHABLE` or `TIMEOUT` after three requests. It changes nothing.",
  ].join("\n"),
  templated: ["url", "query", "time"],
  schema: { type: "object", required: ["query"], additionalProperties: false, properties: QUERY_PROPERTIES },
  run: async (options: PromQueryOptions, ctx: Context): Promise<QueryResult> => await queryOnce(options, ctx),
});

/**
 * Waits until an expression of a Prometheus server gives samples, all of which compare as asked for.
 *
 * @returns the result of the expression.
 * @throws as {@link promQuery}.
 * @example sensor("wait_for_lag", { every: "1m" }, waitForQuery({ url: "http://prometheus:9090", query: "max(consumer_lag)", compare: "<", value: 100 }))
 */
export const waitForQuery = operator({
  name: "PromQuerySensor",
  kind: "sensor",
  color: "#f7d3c3",
  doc: [
    "Waits until a PromQL expression gives at least one sample, and all of its samples compare with `value` as asked for.",
    "",
    "**Result**: as of `promQuery`. **Fails** like it.",
  ].join("\n"),
  templated: ["url", "query", "time"],
  schema: {
    type: "object",
    required: ["query"],
    additionalProperties: false,
    properties: {
      ...QUERY_PROPERTIES,
      compare: {
        enum: ["==", "!=", "<", "<=", ">", ">="],
        description: "How every sample has to compare with `value`. Default: any value will do.",
      },
      value: { type: "number", default: 0, description: "What samples are compared with." },
    },
  },
  run: async (options: WaitForQueryOptions, ctx: Context): Promise<QueryResult | undefined> => {
    const result = await queryOnce(options, ctx);
    const isThere = result.samples.length > 0 && result.samples.every((sample) => holds(sample.value, options));
    if (!isThere) ctx.log.info(`not yet: ${options.query}`, { samples: result.samples.slice(0, 5) });
    return isThere ? result : undefined;
  },
});

async function queryOnce(options: PromQueryOptions, ctx: Context): Promise<QueryResult> {
  const { timeout, query, time } = options;
  await using client = await openPrometheus(targetOf(options), { ctx, ...(timeout !== undefined && { timeout }) });
  const result = await client.query(query, time);
  for (const warning of result.warnings) ctx.log.warn(warning);
  return result;
}

function holds(sample: number, { compare, value = 0 }: WaitForQueryOptions): boolean {
  switch (compare) {
    case undefined:
      return true;
    case "==":
      return sample === value;
    case "!=":
      return sample !== value;
    case "<":
      return sample < value;
    case "<=":
      return sample <= value;
    case ">":
      return sample > value;
    case ">=":
      return sample >= value;
    default:
      throw new Error(`unreachable: ${compare satisfies never}`);
  }
}
