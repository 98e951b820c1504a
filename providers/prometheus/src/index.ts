export type { PushGroup } from "./group-path.ts";
export type { Metric, Sample } from "./metric-text.ts";
export {
  openPrometheus,
  type PrometheusClient,
  type PrometheusContext,
  type PrometheusTarget,
  type PushRequest,
} from "./open-prometheus.ts";
export type { PrometheusServerOptions } from "./prometheus-options.ts";
export {
  deletePushed,
  pushMetrics,
  type DeletePushedOptions,
  type PushedMetrics,
  type PushMetricsOptions,
} from "./push-metrics.ts";
export { promQuery, waitForQuery, type PromQueryOptions, type WaitForQueryOptions } from "./prom-query.ts";
export type { QueryResult, QuerySample } from "./query-result.ts";
