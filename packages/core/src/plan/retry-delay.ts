import { MICROS, type Micros } from "../model/instant.ts";

const LONGEST = 24 * MICROS.h;

/** What of a task decides how long a retry waits. */
export interface RetryPolicy {
  readonly retryDelayMicros: Micros;
  readonly exponentialBackoff: boolean;
  readonly maxRetryDelayMicros?: Micros;
}

/**
 * How long the try after `tryNumber` waits. With backoff: between base and 2 × base, base = delay × 2^(try - 1), the same for the same
 * `seed` (so that a plan made twice is the same plan), at most 24 h and the task's own cap.
 */
export function retryDelay(policy: RetryPolicy, tryNumber: number, seed: string): Micros {
  if (!policy.exponentialBackoff) return policy.retryDelayMicros;
  const base = Math.max(1, Math.min(LONGEST, policy.retryDelayMicros * 2 ** Math.min(tryNumber - 1, 60)));
  const wait = base + Math.floor((hash(seed) / 2 ** 32) * base);
  return Math.min(wait, LONGEST, policy.maxRetryDelayMicros ?? LONGEST);
}

/** FNV-1a over UTF-16 units, 32 bits: spreads, nothing more. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
