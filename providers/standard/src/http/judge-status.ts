import { formatDuration, MICROS, MillraceError, parseInstant, Permanent, RetryAfter } from "@millrace/core";
import type { HttpOptions, HttpResponse } from "./http-options.ts";

const PERMANENT: readonly number[] = [400, 401, 403, 405, 410, 413, 414, 415, 422];
const LONGEST_RETRY_AFTER = MICROS.d;
const QUOTED_CHARS = 500;

/**
 * Lets an answer pass whose status is accepted.
 *
 * @param now RFC 3339, for a `Retry-After` that is a date.
 * @throws RetryAfter when the server says when to come again (at most a day is waited); Permanent; MillraceError TASK_FAILED.
 */
export function judgeStatus(
  response: HttpResponse,
  title: string,
  options: Pick<HttpOptions, "acceptStatus" | "permanentStatus"> & { readonly now: string },
): void {
  const { status } = response;
  const accepted = options.acceptStatus?.includes(status) ?? (status >= 200 && status < 300);
  if (accepted) return;
  const quoted = response.text.trim().slice(0, QUOTED_CHARS);
  const message = `${title} answered with status ${status}${quoted === "" ? "" : `:\n${quoted}`}`;
  if ((options.permanentStatus ?? PERMANENT).includes(status)) throw new Permanent(message);
  const wait = readRetryAfter(response.headers["retry-after"], options.now);
  if (wait !== undefined) throw new RetryAfter(formatDuration(Math.min(wait, LONGEST_RETRY_AFTER)), message);
  throw new MillraceError("TASK_FAILED", message);
}

/** Microseconds to wait; `undefined` when the header is absent or says nothing sensible. */
function readRetryAfter(header: string | undefined, now: string): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * MICROS.s;
  const at = Date.parse(header) * MICROS.ms;
  return Number.isNaN(at) ? undefined : Math.max(0, at - parseInstant(now));
}
