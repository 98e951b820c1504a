import { MillraceError, type Connection, type Duration } from "@millrace/core";
import type { PrometheusTarget } from "./open-prometheus.ts";

/** Where the server is: one of `connection` and `url`. */
export interface PrometheusServerOptions {
  /** A connection of the type `prometheus`, or its id. */
  readonly connection?: Connection | string;
  /** The address of a server without a login: `http://pushgateway:9091`. */
  readonly url?: string;
  /** Of each request. Default `5s`. */
  readonly timeout?: Duration;
}

/** {@link PrometheusServerOptions} as properties of a JSON Schema. */
export const SERVER_PROPERTIES = {
  connection: {
    anyOf: [{ type: "string", minLength: 1 }, { type: "object" }],
    description: "A connection of the type `prometheus`, or its id. Either this or `url`.",
  },
  url: {
    type: "string",
    minLength: 1,
    description: "The address of a server without a login: `http://pushgateway:9091`.",
  },
  timeout: { type: "string", default: "5s", description: "Of each request." },
} as const;

/** Labels by which a group of the Pushgateway is known, as properties of a JSON Schema. */
export const GROUP_PROPERTIES = {
  job: { type: "string", minLength: 1, description: "The job that pushes." },
  grouping: {
    type: "object",
    additionalProperties: { type: "string" },
    description: 'Labels beside the job that tell its groups apart, for example `{ instance: "worker-1" }`.',
  },
} as const;

/** @throws MillraceError BAD_ARGUMENT unless exactly one of the two is given */
export function targetOf({ connection, url }: PrometheusServerOptions): PrometheusTarget {
  if (connection !== undefined && url === undefined) return { connection };
  if (url !== undefined && connection === undefined) return { url };
  throw new MillraceError("BAD_ARGUMENT", "give either connection or url: the server of Prometheus or the Pushgateway");
}
