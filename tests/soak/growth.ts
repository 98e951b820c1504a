/** What was measured of one thing, in the order of time. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
  /** What may come on top of the share that growth is allowed, in the unit of the values. */
  readonly slack: number;
}

/** How a series went: medians of its first and second half. */
export interface Growth {
  readonly name: string;
  readonly most: number;
  readonly before: number;
  readonly after: number;
  readonly isBounded: boolean;
}

/** What lasts grows by as much again and again; what only fills a cache or waits for a collector does not. */
const MOST_GROWTH = 1.15;

/** Judges whether a series is bounded: its second half is hardly above its first one. */
export function growthOf({ name, values, slack }: Series): Growth {
  const half = Math.floor(values.length / 2);
  if (half === 0) throw new Error(`${name}: ${values.length} measurements are too few to judge by`);
  const before = median(values.slice(0, half));
  const after = median(values.slice(half));
  return { name, most: Math.max(...values), before, after, isBounded: after <= before * MOST_GROWTH + slack };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
