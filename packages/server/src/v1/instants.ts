import { formatInstant, isMillraceError, parseInstant, type Micros } from "@millrace/core";
import { Problem } from "../http/problem.ts";

/** An instant as Airflow prints it, `2020-01-01T00:00:00+00:00` with microseconds only when there are any, or null for what has not happened. */
export function isoOrNull(at: Micros | undefined): string | null {
  return at === undefined ? null : formatInstant(at);
}

/**
 * Reads a date-time of a query. A `+` that became a space on its way is repaired; without an offset it is UTC.
 *
 * @throws Problem 400 `Incorrect datetime argument`
 */
export function readInstant(text: string): Micros {
  try {
    return parseInstant(text.trim().replace(/ (\d{2}:?\d{2})$/, "+$1"), "UTC");
  } catch (cause) {
    if (!isMillraceError(cause)) throw cause;
    throw new Problem(400, { title: "Incorrect datetime argument", detail: cause.message, cause });
  }
}
