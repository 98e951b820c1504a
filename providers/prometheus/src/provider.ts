import { provider as defineProvider } from "@millrace/core";
import { PROMETHEUS_TYPE } from "./connection-type.ts";
import { promQuery, waitForQuery } from "./prom-query.ts";
import { deletePushed, pushMetrics } from "./push-metrics.ts";

/** Prometheus and its Pushgateway. */
export const provider = defineProvider({
  id: "prometheus",
  title: "Prometheus",
  doc: [
    "Pushes metrics to a Pushgateway and asks a Prometheus server. Tested with Pushgateway 1.5 and Prometheus 2.42. It makes no histograms, writes by no",
    "remote write, and asks for no ranges.",
  ].join("\n"),
  connectionTypes: [PROMETHEUS_TYPE],
  operators: { pushMetrics, deletePushed, promQuery, waitForQuery },
  parts: [
    {
      name: "openPrometheus",
      kind: "hook",
      doc: [
        "A client with `push`, `deleteGroup` and `query`, for bodies and callbacks:",
        '`await using gateway = await openPrometheus({ connection: "pushgateway" }, { ctx })`. Each request has a timeout of 5 s and is tried three times.',
      ].join("\n"),
    },
  ],
});
