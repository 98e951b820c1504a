import { MillraceError, Permanent, RetryAfter } from "@millrace/core";

const REFUSED: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413]);

/** What an answer means: `Permanent` what another try cannot change, `RetryAfter` where the server names a time, else another try may help. */
export function errorOfAnswer(asked: string, status: number, retryAfter: string | null): Error {
  if (status === 401 || status === 403)
    return new Permanent(`${asked}: Consul refuses the token (${status}). Check the password of the connection`);
  if (REFUSED.has(status)) return new Permanent(`${asked} answered with status ${status}`);
  if (retryAfter !== null && /^\d+$/.test(retryAfter))
    return new RetryAfter(`${Number(retryAfter)}s`, `${asked} answered with status ${status}`);
  return new MillraceError("UNREACHABLE", `${asked} answered with status ${status}`);
}

/** What no answer at all means. */
export function errorOfSilence(asked: string, error: unknown): Error {
  if (error instanceof MillraceError) return error;
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return new MillraceError("UNREACHABLE", `${asked} got no answer: ${String(cause)}. Is the server running?`, {
    cause: error,
  });
}
