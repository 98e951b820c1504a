const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size for people, in steps of 1000: `312 B`, `8.1 kB`, `2.4 GB`. */
export function showBytes(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 999.5 && unit < UNITS.length - 1) [size, unit] = [size / 1_000, unit + 1];
  return `${unit === 0 || size >= 99.5 ? size.toFixed(0) : size.toFixed(1)} ${UNITS[unit]}`;
}
