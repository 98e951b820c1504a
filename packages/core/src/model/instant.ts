/** An instant: whole microseconds since 1970-01-01T00:00:00Z (exact in a double until the year 2255). Never goes through `Date`. */
export type Micros = number;

/** Microseconds in a millisecond, second, minute, hour and day. */
export const MICROS = { ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 } as const;

/** A length of time as people write it: `"500ms"`, `"30s"`, `"5m"`, `"1.5h"`, `"1d"`. */
export type Duration = `${number}${keyof typeof MICROS}`;
