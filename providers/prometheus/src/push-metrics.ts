import { operator, type Context } from "@millrace/core";
import type { PushGroup } from "./group-path.ts";
import { openPrometheus, type PushRequest } from "./open-prometheus.ts";
import { GROUP_PROPERTIES, SERVER_PROPERTIES, targetOf, type PrometheusServerOptions } from "./prometheus-options.ts";

/** Options of {@link pushMetrics}. */
export interface PushMetricsOptions extends PrometheusServerOptions, PushRequest {
  /** `fail` (default): as any task. `warn`: a line in the log, and the task succeeds with `pushed: false`. */
  readonly failures?: "fail" | "warn";
}

/** What {@link pushMetrics} came to. */
export interface PushedMetrics {
  /** False when it failed, and `failures` is `warn`. */
  readonly pushed: boolean;
  /** How many metrics. */
  readonly metrics: number;
}

/** Options of {@link deletePushed}. */
export interface DeletePushedOptions extends PrometheusServerOptions, PushGroup {}

const SAMPLE = {
  type: "object",
  required: ["value"],
  additionalProperties: false,
  properties: { value: { type: "number" }, labels: { type: "object" } },
} as const;

/**
 * Pushes gauges and counters to a Pushgateway, as one group of metrics.
 *
 * @returns `{ pushed, metrics }`.
 * @throws Permanent when the Pushgateway refuses login or metrics, MillraceError BAD_ARGUMENT, UNREACHABLE, TIMEOUT; with `failures: "warn"` only
 *   BAD_ARGUMENT of the server and what stops the try.
 * @example pushMetrics({ url: "http://pushgateway:9091", job: "orders", metrics: [{ name: "orders_loaded", value: load.count }] })
 */
export const pushMetrics = operator({
  name: "PushMetricsOperator",
  color: "#f2b8a0",
  doc: [
    "Pushes gauges and counters to a Prometheus Pushgateway, in the text format, to `/metrics/job/<job>/<label>/<value>…`. `PUT` (default) replaces all",
    "metrics of the group, `POST` those with the same names.",
    "",
    "**Result**: `{ pushed, metrics }`. **Fails** without another try when the Pushgateway refuses the login or the metrics; with `UNREACHABLE` or `TIMEOUT`",
    'after three requests. With `failures: "warn"` any of these is a warning in the log. A retry pushes the same again, which changes nothing.',
  ].join("\n"),
  templated: ["url", "job", "grouping", "labels"],
  schema: {
    type: "object",
    required: ["job", "metrics"],
    additionalProperties: false,
    properties: {
      ...SERVER_PROPERTIES,
      ...GROUP_PROPERTIES,
      metrics: {
        type: "array",
        description:
          "Each with `name`, `type` (`gauge` or `counter`), `help`, and `value` or `samples` of `{ value, labels }`.",
        items: {
          type: "object",
          required: ["name"],
          additionalProperties: false,
          properties: {
            name: { type: "string", pattern: "^[a-zA-Z_:][a-zA-Z0-9_:]*$" },
            type: { enum: ["gauge", "counter"] },
            help: { type: "string" },
            value: { type: "number" },
            samples: { type: "array", items: SAMPLE },
          },
        },
      },
      labels: { type: "object", description: "Added to every sample; a sample's own win." },
      method: {
        enum: ["PUT", "POST"],
        default: "PUT",
        description: "`PUT` replaces all metrics of the group, `POST` those with the same names.",
      },
      failures: {
        enum: ["fail", "warn"],
        default: "fail",
        description: "`warn`: what goes wrong is a warning in the log, and the task succeeds.",
      },
    },
  },
  run: async (options: PushMetricsOptions, ctx: Context): Promise<PushedMetrics> => {
    const { failures = "fail", connection: _, url: __, timeout, ...request } = options;
    const metrics = request.metrics.length;
    try {
      await using client = await openPrometheus(targetOf(options), { ctx, ...(timeout !== undefined && { timeout }) });
      const sizeBytes = await client.push(request);
      ctx.log.info(`pushed ${metrics} metrics of the job ${request.job} to ${client.base}`, { sizeBytes });
      return { pushed: true, metrics };
    } catch (error) {
      if (failures === "fail" || ctx.signal.aborted) throw error;
      ctx.log.warn(`metrics were not pushed: ${error instanceof Error ? error.message : String(error)}`);
      return { pushed: false, metrics };
    }
  },
});

/**
 * Removes all metrics of a group from a Pushgateway; a group that is not there is fine.
 *
 * @throws Permanent when the login is refused, MillraceError BAD_ARGUMENT, UNREACHABLE, TIMEOUT.
 * @example deletePushed({ connection: "pushgateway", job: "orders", grouping: { instance: "worker-1" } })
 */
export const deletePushed = operator({
  name: "DeletePushedMetricsOperator",
  color: "#f2b8a0",
  doc: [
    "Removes all metrics of a group from a Prometheus Pushgateway, which keeps them for ever otherwise. A group that is not there is fine, so a retry is",
    "harmless.",
    "",
    "**Result**: none. **Fails** without another try when the login is refused; with `UNREACHABLE` or `TIMEOUT` after three requests.",
  ].join("\n"),
  templated: ["url", "job", "grouping"],
  schema: {
    type: "object",
    required: ["job"],
    additionalProperties: false,
    properties: { ...SERVER_PROPERTIES, ...GROUP_PROPERTIES },
  },
  run: async (options: DeletePushedOptions, ctx: Context): Promise<void> => {
    const { timeout, job, grouping } = options;
    await using client = await openPrometheus(targetOf(options), { ctx, ...(timeout !== undefined && { timeout }) });
    await client.deleteGroup({ job, ...(grouping !== undefined && { grouping }) });
    ctx.log.info(`removed the metrics of the job ${job} from ${client.base}`, { grouping });
  },
});
