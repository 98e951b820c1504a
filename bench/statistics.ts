/** The value below which `share` of the samples lie (nearest rank). @throws Error without samples. */
export function quantile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error("there are no samples");
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1));
  return sorted[rank];
}

/** The middle sample; of an even number the mean of the middle two. @throws Error without samples. */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new Error("there are no samples");
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
