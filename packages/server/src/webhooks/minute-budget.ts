const MINUTE_MS = 60_000;
const MOST_NAMES = 10_000;

/** Counts events by name: so many in a minute, in this process. */
export interface MinuteBudget {
  /** True when one more is within the limit; then it counts. */
  take(name: string, most: number, nowMs: number): boolean;
}

/** Makes a budget that refills evenly: a token bucket for each name. */
export function makeMinuteBudget(): MinuteBudget {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    take(name, most, nowMs) {
      const known = buckets.get(name) ?? { left: most, atMs: nowMs };
      const left = Math.min(most, known.left + ((nowMs - known.atMs) * most) / MINUTE_MS);
      // Names are those of webhooks that exist; forgetting all of them gives each a full minute again.
      if (buckets.size >= MOST_NAMES && !buckets.has(name)) buckets.clear();
      buckets.set(name, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
      return left >= 1;
    },
  };
}
