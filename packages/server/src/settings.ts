/** What an operator decides about the server. Times in milliseconds, sizes in bytes. */
export interface ServerSettings {
  /** A body may have; larger ones are refused with 413. */
  readonly bodyLimitBytes: number;
  /** For all of a request to arrive. */
  readonly requestTimeoutMs: number;
  /** Items of a page of API v1 at most. */
  readonly maximumPageLimit: number;
  /** Addresses or networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Version of Millrace, as `/version` tells it. */
  readonly version: string;
}
