import { isMillraceError, MillraceError, Permanent, RetryAfter } from "@millrace/core";

const QUOTED_CHARS = 300;
const LONGEST_WAIT_SECONDS = 86_400;
/** 400: labels or text that are refused; 422: an expression that cannot be evaluated; the others: logins and rights. */
const PERMANENT: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 422]);

/** What is told of an answer that is no success. */
export interface RefusedAnswer {
  /** Method and address, without a secret. */
  readonly asked: string;
  readonly status: number;
  readonly text: string;
  /** Of the header `Retry-After`. */
  readonly retryAfter?: string | null;
}

/**
 * What an answer that is no success means.
 *
 * @returns Permanent for what another try cannot change; RetryAfter where the server names seconds; otherwise MillraceError UNREACHABLE
 */
export function errorOfStatus({ asked, status, text, retryAfter }: RefusedAnswer): Error {
  const quoted = text.trim().slice(0, QUOTED_CHARS);
  const message = `${asked} answered with status ${status}${quoted === "" ? "" : `: ${quoted}`}`;
  if (status === 401 || status === 403)
    return new Permanent(`${message}. Check login, password and extra.bearer_token of the connection`);
  if (PERMANENT.has(status)) return new Permanent(message);
  if (retryAfter !== undefined && retryAfter !== null && /^\d+$/.test(retryAfter.trim()))
    return new RetryAfter(`${Math.min(Number(retryAfter), LONGEST_WAIT_SECONDS)}s`, message);
  return new MillraceError("UNREACHABLE", message);
}

/** What a request without an answer means: FORBIDDEN_ADDRESS is Permanent, the rest UNREACHABLE. */
export function errorOfFailure(asked: string, error: unknown): Error {
  if (isMillraceError(error)) {
    if (error.code === "FORBIDDEN_ADDRESS") return new Permanent(`${asked}: ${error.message}`, { cause: error });
    return error;
  }
  if (!(error instanceof Error)) return new MillraceError("UNREACHABLE", `${asked} got no answer`, { cause: error });
  const cause = error.cause as (Error & { readonly code?: string }) | undefined;
  const why = cause?.message || cause?.code || error.message;
  return new MillraceError(
    "UNREACHABLE",
    `${asked} got no answer: ${why}. Is the server running, and the address right?`,
    {
      cause: error,
    },
  );
}
