import { formatInstant, type Micros } from "@millrace/core";

export { formatSpan as showSpan } from "@millrace/core";

/** An instant or nothing, as rows have it. */
export function instantOrNull(instant: Micros | undefined): string | null {
  return instant === undefined ? null : formatInstant(instant);
}

/** Seconds between two instants, to the millisecond; null while either is missing. */
export function secondsBetween(from: Micros | undefined, to: Micros | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.round((to - from) / 1_000) / 1_000;
}
