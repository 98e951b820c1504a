/** Something to place in a row. */
export interface Wish {
  readonly width: number;
  /** Where its left side would be best. */
  readonly left: number;
}

/** What stands in the row already. */
export interface Obstacle {
  readonly left: number;
  readonly right: number;
}

interface Gap {
  readonly from: number;
  readonly to: number;
  free: number;
  readonly taken: number[];
}

/**
 * Places things in a row beside what stands there, each as near to its wish as the others let it, in the order of their wishes. Wishes and
 * widths in whole units give whole places.
 *
 * @returns the left side of each, in the order of `wishes`; no two, and no obstacle, are nearer to each other than `gap`.
 */
export function placeInGaps(wishes: readonly Wish[], obstacles: readonly Obstacle[], gap: number): readonly number[] {
  const gaps = gapsBetween(obstacles, gap);
  const order = wishes.map((_, index) => index);
  const centre = (index: number): number => wishes[index].left + wishes[index].width / 2;
  order.sort((a, b) => centre(a) - centre(b) || a - b);
  for (const index of order) {
    const { width } = wishes[index];
    let best = gaps[0];
    let least = Infinity;
    for (const each of gaps) {
      if (each.free < width) continue;
      const distance = Math.max(each.from - wishes[index].left, wishes[index].left + width - each.to, 0);
      if (distance < least) [best, least] = [each, distance];
    }
    best.taken.push(index);
    best.free -= width + gap;
  }
  const lefts = new Array<number>(wishes.length).fill(0);
  for (const each of gaps) placeInGap(each, { wishes, gap, lefts });
  return lefts;
}

function gapsBetween(obstacles: readonly Obstacle[], gap: number): readonly Gap[] {
  const sorted = [...obstacles].sort((a, b) => a.left - b.left);
  const gaps: Gap[] = [];
  let from = -Infinity;
  for (const { left, right } of sorted) {
    gaps.push({ from, to: left - gap, free: left - gap - from, taken: [] });
    from = Math.max(from, right + gap);
  }
  gaps.push({ from, to: Infinity, free: Infinity, taken: [] });
  return gaps;
}

interface Block {
  sum: number;
  count: number;
}

/** Neighbours that would overlap are moved together to their mean (isotonic regression): the least sum of squares. */
function placeInGap(
  { from, to, taken }: Gap,
  row: { readonly wishes: readonly Wish[]; readonly gap: number; readonly lefts: number[] },
): void {
  const offsets: number[] = [];
  let offset = 0;
  for (const index of taken) {
    offsets.push(offset);
    offset += row.wishes[index].width + row.gap;
  }
  const blocks: Block[] = [];
  taken.forEach((index, place) => {
    blocks.push({ sum: row.wishes[index].left - offsets[place], count: 1 });
    for (;;) {
      const last = blocks.at(-1);
      const before = blocks.at(-2);
      if (!last || !before || before.sum / before.count <= last.sum / last.count) break;
      blocks.pop();
      before.sum += last.sum;
      before.count += last.count;
    }
  });
  const most = to - (offset - row.gap);
  let place = 0;
  for (const { sum, count } of blocks) {
    const start = Math.max(from, Math.min(most, Math.round(sum / count)));
    for (let each = 0; each < count; each += 1, place += 1) row.lefts[taken[place]] = start + offsets[place];
  }
}
