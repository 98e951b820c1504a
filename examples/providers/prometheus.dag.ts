import { cron, dag } from "millrace";
import { deletePushed, promQuery, pushMetrics, waitForQuery } from "@millrace/provider-prometheus";

/** What the operators of Prometheus look like in a DAG. The regions are the examples of its reference page. */
export const prometheusExamples = dag(
  "prometheus_examples",
  { schedule: cron("@hourly"), tags: ["example"] },
  ({ task, sensor }) => {
    // #region waitForQuery
    sensor(
      "wait_for_consumers",
      { timeout: "30m", every: "1m", mode: "reschedule" },
      waitForQuery({ url: "http://prometheus:9090", query: "max(consumer_lag)", compare: "<", value: 100 }),
    );
    // #endregion
    // #region promQuery
    task("read_rates", promQuery({ url: "http://prometheus:9090", query: "sum by (source) (rate(rows_total[1h]))" }));
    // #endregion
    // #region pushMetrics
    task(
      "push_metrics",
      pushMetrics({
        connection: "pushgateway",
        job: "orders",
        grouping: { dag_id: "{{ dag.dag_id }}" },
        labels: { environment: "production" },
        metrics: [
          { name: "orders_last_run_timestamp", help: "When orders were last loaded.", value: 1_759_276_800 },
          {
            name: "orders_component_health",
            samples: [
              { labels: { component: "shop" }, value: 1 },
              { labels: { component: "stock" }, value: 0 },
            ],
          },
        ],
        failures: "warn",
      }),
    );
    // #endregion
    // #region deletePushed
    task("forget_metrics", deletePushed({ connection: "pushgateway", job: "orders_of_last_year" }));
    // #endregion
  },
);
