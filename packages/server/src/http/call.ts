import type { Caller } from "../access/caller.ts";

/** What a handler may know of the request beside its input. */
export interface RequestFacts {
  /** For logs; also in the answer's `X-Request-Id`. */
  readonly id: string;
  /** Address that it came from, behind trusted proxies the one they name. */
  readonly from: string;
  /** It came by TLS, at least as far as the proxy. */
  readonly isSecure: boolean;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
  readonly accept: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes of the body as they came; empty without one. */
  readonly rawBody: Buffer;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** Aborts when the server begins to stop: streams tell their clients to come back, and end. */
  readonly closing: AbortSignal;
}

/** A request that was let in, with its input checked. */
export interface Call<Params, Query, Body> {
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: RequestFacts;
}
