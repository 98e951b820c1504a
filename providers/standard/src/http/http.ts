import {
  isMillraceError,
  MillraceError,
  Permanent,
  operator,
  parseDuration,
  type Args,
  type Context,
  type Duration,
  type Operator,
  type OperatorFactory,
} from "@millrace/core";
import { buildRequest, type HttpRequest } from "./build-request.ts";
import type { HttpOptions, HttpResponse } from "./http-options.ts";
import { HTTP_SCHEMA } from "./http-schema.ts";
import { judgeStatus } from "./judge-status.ts";
import { isJson, readResponse } from "./read-response.ts";

const TIMEOUT: Duration = "1m";
const MAX_BYTES = 10 * 1_048_576;

/** {@link http}: its result is of the type that `filter` returns, or that you say. */
export interface HttpFactory {
  <T = unknown>(options: Args<HttpOptions<T>>): Operator<T>;
  readonly spec: OperatorFactory<HttpOptions, unknown>["spec"];
}

/**
 * Sends an HTTP request and returns the answer: JSON when the server says that it is, otherwise text, or what `filter` makes of it.
 *
 * A retry sends it again: for requests that change something give the server a key that stays the same,
 * `headers: { "Idempotency-Key": "{{ run_id }}/{{ task.task_id }}" }`.
 *
 * @throws RetryAfter when the server says when to come again; Permanent for statuses like 400 and 403, and for answers larger than `maxBytes`;
 *   MillraceError TASK_FAILED for other statuses, a refused check, or no answer; TIMEOUT; BAD_ARGUMENT for an address that is none.
 * @example http({ url: "https://api.example.com/orders", query: { day: "{{ ds }}" }, filter: (response) => response.json<Order[]>().length })
 */
export const http = operator({
  name: "HttpOperator",
  color: "#f4a460",
  doc: [
    "Sends an HTTP request and returns the answer: JSON when the server says that it is, otherwise text, or what `filter` makes of it. With a `connection`,",
    "host, port, login and password come from there; secrets may stand in headers, query, form and JSON. Neither logs nor errors show query or headers.",
    "",
    "**Fails** with another try after the time that the server names in `Retry-After` (at most a day); without another try for the statuses in",
    "`permanentStatus` and for an answer larger than `maxBytes`; otherwise with `TASK_FAILED` (other statuses, a refused `check`, no answer) or `TIMEOUT`. A",
    "retry sends the request again: for requests that change something send a key that stays the same,",
    '`headers: { "Idempotency-Key": "{{ run_id }}/{{ task.task_id }}" }`.',
  ].join("\n"),
  templated: ["method", "url", "headers", "query", "json", "form", "body"],
  schema: HTTP_SCHEMA,
  run: async (options: HttpOptions, ctx: Context): Promise<unknown> => {
    const { connection } = options;
    const request = buildRequest(
      options,
      typeof connection === "string" ? await ctx.connection(connection) : connection,
    );
    const response = await send(request, options, ctx);
    judgeStatus(response, request.title, { ...options, now: ctx.now() });
    checkResponse(response, request.title, options);
    return resultOf(response, options);
  },
}) as unknown as HttpFactory;

async function send(
  { url, init, title }: HttpRequest,
  { timeout = TIMEOUT, maxBytes = MAX_BYTES }: HttpOptions,
  ctx: Context,
): Promise<HttpResponse> {
  const { log, signal } = ctx;
  const late = AbortSignal.timeout(parseDuration(timeout) / 1_000);
  const started = performance.now();
  try {
    const answer = await ctx.fetch(url, { ...init, signal: AbortSignal.any([signal, late]) });
    const response = await readResponse(answer, title, maxBytes);
    const ms = Math.round(performance.now() - started);
    log.info(`${title} → ${response.status}`, { bytes: Buffer.byteLength(response.text), ms });
    return response;
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted)
      throw new MillraceError("TIMEOUT", `${title} did not answer within its timeout of ${timeout}`, { cause: error });
    // Another try would find the same address.
    if (isMillraceError(error) && error.code === "FORBIDDEN_ADDRESS")
      throw new Permanent(`${title}: ${error.message}`, { cause: error });
    if (error instanceof TypeError)
      throw new MillraceError("TASK_FAILED", `${title} got no answer: ${reasonOf(error)}`, { cause: error });
    throw error;
  }
}

/** `fetch` says "fetch failed"; what happened is in its cause, which for a host with several addresses has no message. */
function reasonOf(error: TypeError): string {
  const cause = error.cause as (Error & { readonly code?: string }) | undefined;
  return cause?.message || cause?.code || error.message;
}

function checkResponse(response: HttpResponse, title: string, { check }: HttpOptions): void {
  const verdict = check?.(response) ?? true;
  if (verdict === true) return;
  const why = verdict === false ? "check returned false" : verdict;
  throw new MillraceError("TASK_FAILED", `${title}: the answer was refused: ${why}`);
}

function resultOf(response: HttpResponse, { filter, result = "auto" }: HttpOptions): unknown {
  if (filter !== undefined) return filter(response);
  switch (result) {
    case "none":
      return undefined;
    case "text":
      return response.text;
    case "json":
      return response.json();
    case "auto":
      return isJson(response) && response.text !== "" ? response.json() : response.text;
    default:
      throw new Error(`unreachable: ${result satisfies never}`);
  }
}
