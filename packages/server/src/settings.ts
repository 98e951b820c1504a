import type { AuthSettings } from "./access/auth-settings.ts";
import type { MetricsAccess } from "./metrics/serve-metrics.ts";

/** What an operator decides about the server. Times in milliseconds, sizes in bytes. */
export interface ServerSettings {
  readonly auth: AuthSettings;
  /** A body may have; larger ones are refused with 413. */
  readonly bodyLimitBytes: number;
  /** For all of a request to arrive. */
  readonly requestTimeoutMs: number;
  /** Requests of one caller in a minute; 0 = no limit. */
  readonly requestsPerMinute: number;
  /** Connections at once; more wait or are refused by the system. 0 = no limit. */
  readonly maxConnections: number;
  /** Origins whose pages may use the API; `*` = all. */
  readonly corsOrigins: readonly string[];
  /** PEM texts; absent = plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Who may read `/metrics`. */
  readonly metrics: MetricsAccess;
  /** Items of a page of API v1 at most. */
  readonly maximumPageLimit: number;
  /** Whether connections can be tried over the API: a trial connects from the server to any address that its network rules allow. */
  readonly testConnection: boolean;
  /** Whether API v1 shows the configuration; secrets are hidden all the same. */
  readonly exposeConfig: boolean;
  /** Addresses or networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Holds the built interface; absent: none is served. */
  readonly uiFolder?: string;
  /** Version of Millrace, as `/version` tells it. */
  readonly version: string;
}
