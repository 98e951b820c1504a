import type { Layer } from "./lake-schema.ts";

const MINUTE_MS = 60_000;

/** How old the newest data of each layer may be, in minutes. */
export const FRESHNESS_LIMITS = { bronze: 30, silver: 60, gold: 120 } as const satisfies Record<Layer, number>;

const TOLERATED_SKEW_MS = 5 * MINUTE_MS;

/** How old the newest data of a table is, and whether that is young enough. */
export type Freshness =
  | { readonly kind: "fresh" | "stale"; readonly ageMinutes: number; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

/** Judges the newest data of a table against its limit. A time that lies ahead of the clock is not trusted. */
export function judgeFreshness(newestMs: number | undefined, maxAgeMinutes: number, nowMs: number): Freshness {
  if (newestMs === undefined) return { kind: "unknown", why: "the table has never received data" };
  const newest = new Date(newestMs).toISOString();
  if (newestMs > nowMs + TOLERATED_SKEW_MS)
    return { kind: "unknown", why: `the newest data is dated ${newest}, which lies in the future: check the clocks` };
  const ageMinutes = Math.max(0, Math.round((nowMs - newestMs) / 600) / 100);
  const isFresh = nowMs - newestMs <= maxAgeMinutes * MINUTE_MS;
  return {
    kind: isFresh ? "fresh" : "stale",
    ageMinutes,
    why: `the newest data is of ${newest}, ${ageMinutes} minutes old; the limit is ${maxAgeMinutes}`,
  };
}
