import type { Connection, Duration, Secret } from "@millrace/core";

/** What a header, a query parameter or a form field may be. */
export type FieldValue = string | number | boolean | Secret;

/** An answer, as `check` and `filter` see it. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** After redirects. */
  readonly url: string;
  readonly text: string;
  /** The body as JSON. @throws MillraceError NOT_STORABLE when it is none. */
  json<T = unknown>(): T;
}

/** Options of the operator `http`. */
export interface HttpOptions<T = unknown> {
  /** Default `GET`. */
  readonly method?: string;
  /** Where to; with a connection what comes behind its address. Of a secret one, logs and errors show the host only. */
  readonly url: string | Secret;
  /** Host, port, login and password (Basic), and `extra.headers`; or its id. */
  readonly connection?: Connection | string;
  readonly headers?: Readonly<Record<string, FieldValue>>;
  /** Added to the URL. */
  readonly query?: Readonly<Record<string, FieldValue | readonly FieldValue[]>>;
  /** Sent as JSON. One of `json`, `form` and `body`. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, FieldValue>>;
  /** Sent as it is. */
  readonly body?: string;
  /** For all of it, the body of the answer too. Default `1m`. */
  readonly timeout?: Duration;
  /** Largest body of an answer. Default 10 MiB. */
  readonly maxBytes?: number;
  /** Statuses that are fine. Default all from 200 to 299. */
  readonly acceptStatus?: readonly number[];
  /** Statuses that another try would not change. Default 400, 401, 403, 405, 410, 413, 414, 415 and 422. */
  readonly permanentStatus?: readonly number[];
  /** `follow` (default), or `error`. */
  readonly redirect?: "follow" | "error";
  /** `auto` (default): JSON when the answer says that it is, otherwise text. `none`: no result. */
  readonly result?: "auto" | "json" | "text" | "none";
  /** false or a sentence: the answer is refused and the try fails. */
  readonly check?: (response: HttpResponse) => boolean | string;
  /** Makes the result out of the answer. */
  readonly filter?: (response: HttpResponse) => T;
}
