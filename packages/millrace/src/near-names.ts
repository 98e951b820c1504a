/**
 * Names that somebody may have meant: those that contain the text, or differ by few letters.
 *
 * @returns at most three, nearest first.
 */
export function nearNames(text: string, names: Iterable<string>): readonly string[] {
  const wanted = text.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const found: { readonly name: string; readonly distance: number }[] = [];
  for (const name of names) {
    const lower = name.toLowerCase();
    const isPart = wanted.length >= 3 && (lower.includes(wanted) || (lower.length >= 3 && wanted.includes(lower)));
    const distance = editDistance(wanted, lower);
    if (isPart || distance <= limit) found.push({ name, distance: isPart ? Math.min(distance, limit) : distance });
  }
  found.sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name));
  return found.slice(0, 3).map(({ name }) => name);
}

/** `Did you mean a or b?`, or nothing. */
export function didYouMean(text: string, names: Iterable<string>): string | undefined {
  const near = nearNames(text, names);
  return near.length === 0 ? undefined : `Did you mean ${near.join(" or ")}?`;
}

/** Letters to insert, remove, replace or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}
