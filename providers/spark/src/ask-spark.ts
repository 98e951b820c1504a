import { setTimeout as wait } from "node:timers/promises";
import { MillraceError, type RunContext } from "@millrace/core";
import { errorOfFailure, errorOfStatus } from "./spark-error.ts";

const TIMEOUT_MS = 10_000;
const PAUSES_MS: readonly number[] = [200, 1_000];

/** What requests need of the context of a task or a callback. */
export type SparkContext = Pick<RunContext, "connection" | "fetch" | "log" | "signal">;

/** One request to a master or a driver. */
export interface SparkRequest {
  readonly method?: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether it may be sent again when no answer came. Default true. */
  readonly isRepeatable?: boolean;
}

/**
 * Sends a request; a repeatable one up to three times while nobody answers.
 *
 * @returns the text of the answer
 * @throws what spark-error makes of it; TIMEOUT after 10 s; the signal's reason
 */
export async function askSpark(request: SparkRequest, ctx: SparkContext): Promise<string> {
  for (const pause of request.isRepeatable === false ? [] : PAUSES_MS) {
    try {
      return await askOnce(request, ctx);
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== "UNREACHABLE") throw error;
      ctx.log.debug(`${error.message} Again in ${pause} ms`);
      await wait(pause, undefined, { signal: ctx.signal });
    }
  }
  return await askOnce(request, ctx);
}

async function askOnce({ method = "GET", url, headers, body }: SparkRequest, ctx: SparkContext): Promise<string> {
  const asked = `${method} ${url}`;
  const late = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await ctx.fetch(url, {
      method,
      headers: { accept: "application/json", ...headers },
      signal: AbortSignal.any([ctx.signal, late]),
      ...(body !== undefined && { body }),
    });
    const text = await answer.text();
    if (answer.ok) return text;
    throw errorOfStatus({ asked, status: answer.status, text, retryAfter: answer.headers.get("retry-after") });
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (late.aborted)
      throw new MillraceError("TIMEOUT", `${asked} did not answer within ${TIMEOUT_MS / 1_000} s`, { cause: error });
    if (error instanceof TypeError) throw errorOfFailure(asked, error);
    throw error instanceof MillraceError ? errorOfFailure(asked, error) : error;
  }
}
