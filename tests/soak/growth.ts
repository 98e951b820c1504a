/** What was measured of one thing, in the order of time. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
  /** What may come on top of the share that growth is allowed, in the unit of the values. */
  readonly slack: number;
}

/** How a series went: medians of its middle and last third. The first is its warm-up. */
export interface Growth {
  readonly name: string;
  readonly most: number;
  readonly middle: number;
  readonly last: number;
  readonly isBounded: boolean;
}

/** What lasts grows by as much again and again; what only fills a cache or waits for a collector does not. */
const MOST_GROWTH = 1.15;

/** Judges whether a series is bounded: its last third is hardly above its middle one. */
export function growthOf({ name, values, slack }: Series): Growth {
  const third = Math.floor(values.length / 3);
  if (third === 0) throw new Error(`${name}: ${values.length} measurements are too few to judge by`);
  const middle = median(values.slice(third, 2 * third));
  const last = median(values.slice(2 * third));
  return { name, most: Math.max(...values), middle, last, isBounded: last <= middle * MOST_GROWTH + slack };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
