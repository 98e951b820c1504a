import { formatInstant, type Micros } from "@millrace/core";
import { Problem } from "../http/problem.ts";

/** An instant as Airflow prints it, `2020-01-01T00:00:00+00:00` with microseconds only when there are any, or null for what has not happened. */
export function isoOrNull(at: Micros | undefined): string | null {
  return at === undefined ? null : formatInstant(at);
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?([Zz]|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads a date-time of a query. A `+` that became a space on its way is repaired; without an offset it is UTC.
 *
 * @throws Problem 400 `Incorrect datetime argument`
 */
export function readInstant(text: string): Micros {
  const found = INSTANT.exec(text.trim().replace(/ (\d{2}:?\d{2})$/, "+$1"));
  const [, date = "", clock = "00:00", seconds = "00", fraction = "", zone = "Z"] = found ?? [];
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const ms = Date.parse(`${date}T${clock}:${seconds}${offset}`);
  // `Date` turns 30 February into March.
  const isReal = Number.isFinite(ms) && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
  if (!found || !isReal) {
    throw new Problem(400, {
      title: "Incorrect datetime argument",
      detail: `'${text.slice(0, 100)}' is not a date-time like 2020-01-01T00:00:00+00:00`,
    });
  }
  return ms * 1_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}
