import { isMillraceError, MillraceError, Permanent, RetryAfter } from "@millrace/core";

const LONGEST_WAIT_SECONDS = 86_400;
const SHORTEST_WAIT_SECONDS = 1;
/** What Slack says when it is Slack's own trouble; anything else stays as it is, however often it is asked. */
const TRANSIENT: ReadonlySet<string> = new Set([
  "fatal_error",
  "internal_error",
  "message_limit_exceeded",
  "request_timeout",
  "rollup_error",
  "service_unavailable",
  "team_added_to_org",
]);
const LOGIN: ReadonlySet<string> = new Set([
  "account_inactive",
  "invalid_auth",
  "invalid_token",
  "missing_scope",
  "no_service",
  "not_authed",
  "token_expired",
  "token_revoked",
]);

/** What Slack or its client said. */
interface SlackFailure {
  readonly code?: string;
  readonly statusCode?: number;
  readonly retryAfter?: number;
  readonly body?: unknown;
  readonly data?: { readonly error?: string; readonly response_metadata?: { readonly messages?: readonly string[] } };
  readonly original?: unknown;
}

/**
 * What an error of Slack's clients means.
 *
 * @param retryAfterSeconds what the answer's header said, which the client of webhooks keeps to itself
 * @returns RetryAfter for a rate limit, Permanent for what Slack refuses, otherwise MillraceError UNREACHABLE
 */
export function errorOfSlack(
  error: unknown,
  {
    asked,
    connectionId,
    retryAfterSeconds,
  }: { readonly asked: string; readonly connectionId: string; readonly retryAfterSeconds?: number | undefined },
): Error {
  if (isMillraceError(error))
    return error.code === "FORBIDDEN_ADDRESS" ? new Permanent(`${asked}: ${error.message}`, { cause: error }) : error;
  const failure: SlackFailure = typeof error === "object" && error !== null ? error : {};
  const { statusCode, data, original } = failure;
  const word = data?.error ?? (typeof failure.body === "string" ? failure.body.trim().slice(0, 200) : undefined);
  const details = data?.response_metadata?.messages?.join("; ");
  const said = [word ?? (statusCode === undefined ? undefined : `status ${statusCode}`), details]
    .filter((one) => one !== undefined && one !== "")
    .join(": ");
  if (failure.retryAfter !== undefined || statusCode === 429 || word === "ratelimited" || word === "rate_limited")
    return rateLimit(failure.retryAfter ?? retryAfterSeconds, asked, error);
  if (word !== undefined && LOGIN.has(word))
    return new Permanent(
      `${asked} was refused: ${said}. Check the token of the connection ${connectionId} and its scopes`,
      { cause: error },
    );
  const isServers = statusCode !== undefined && statusCode >= 500;
  if (said !== "" && !isServers && !(word !== undefined && TRANSIENT.has(word)))
    return new Permanent(`${asked} was refused: ${said}`, { cause: error });
  return new MillraceError("UNREACHABLE", `${asked} failed: ${said === "" ? reasonOf(original ?? error) : said}`, {
    cause: error,
  });
}

function rateLimit(seconds: number | undefined, asked: string, cause: unknown): RetryAfter {
  const wait = Math.min(Math.max(seconds ?? SHORTEST_WAIT_SECONDS, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS);
  return new RetryAfter(`${wait}s`, `${asked} has to wait: Slack allows no more messages for ${wait} s`, { cause });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as (Error & { readonly code?: string }) | undefined;
  return cause?.message || cause?.code || error.message;
}
