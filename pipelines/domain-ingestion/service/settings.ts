import { ConfigurationError } from "../steps/pipeline-errors.ts";

/** How sources are fetched over HTTP. */
export interface HttpSettings {
  /** Limit of one attempt, from the request to the last byte, in milliseconds. */
  readonly timeoutMs: number;
  /** Attempts in all, at least 1. */
  readonly attempts: number;
  /** Wait before the second attempt in milliseconds; doubles with each further one. */
  readonly backoffMs: number;
}

/**
 * HTTP settings from `HTTP_TIMEOUT` (seconds, default 30), `HTTP_RETRIES` (attempts, default 3) and `HTTP_BACKOFF`
 * (seconds, default 5).
 *
 * @throws ConfigurationError naming the variable that is no number in its range.
 */
export function httpSettings(environment: Readonly<Record<string, string | undefined>>): HttpSettings {
  const numberOf = (name: string, fallback: number, minimum: number): number => {
    const text = environment[name];
    const value = text === undefined || text.trim() === "" ? fallback : Number(text);
    if (Number.isFinite(value) && value >= minimum) return value;
    throw new ConfigurationError(
      `the environment variable ${name} is "${text}"; it must be a number of at least ${minimum}`,
      { name },
    );
  };
  return {
    timeoutMs: numberOf("HTTP_TIMEOUT", 30, 0.001) * 1_000,
    attempts: Math.floor(numberOf("HTTP_RETRIES", 3, 1)),
    backoffMs: numberOf("HTTP_BACKOFF", 5, 0) * 1_000,
  };
}
