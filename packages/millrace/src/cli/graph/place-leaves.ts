import type { LayoutInput, LayoutOptions, Link } from "./layout.ts";
import type { Leaf, Spans } from "./add-lanes.ts";
import { placeInGaps, type Obstacle } from "./place-in-gaps.ts";

/** Down and up so often; more changes little, and nobody sees it in what is large. */
const SWEEPS = 6;
const SWEEPS_OF_LARGE = 2;
const LARGE = 1_000;

/** What is to be placed. */
export interface Unplaced {
  readonly input: LayoutInput;
  readonly options: LayoutOptions;
  readonly spans: Spans;
  readonly leaves: readonly Leaf[];
  readonly links: readonly Link[];
}

/** Left sides and widths, absolute. */
export interface Places {
  readonly leaves: readonly { readonly x: number; readonly width: number }[];
  readonly groups: readonly { readonly x: number; readonly width: number }[];
  readonly width: number;
}

/** A leaf or a group in the box that it is directly in. */
interface Item {
  /** The group around it; `undefined` for the whole picture. */
  readonly box: number | undefined;
  readonly first: number;
  readonly last: number;
  width: number;
  /** From the left side of its box. */
  x: number;
  /** Links from outside to something in it. */
  readonly incoming: Link[];
  readonly outgoing: Link[];
}

/**
 * Gives leaves and groups their places across the picture: every leaf as near to the middle of its neighbours as the others let it, which also
 * leaves few lines that cross (the barycentre method, with real widths). Boxes of groups overlap nothing that is not theirs.
 */
export function placeLeaves(unplaced: Unplaced): Places {
  const placer = makePlacer(unplaced);
  const boxes = [...unplaced.input.groups.keys()].reverse().filter((group) => unplaced.spans[group]);
  // The second time, what is outside of a group has a place, too.
  for (const knowsOutside of [false, true]) {
    for (const box of boxes) placer.placeBox(box, knowsOutside);
    placer.placeBox(undefined, knowsOutside);
  }
  return placer.places();
}

function makePlacer(unplaced: Unplaced): {
  readonly placeBox: (box: number | undefined, knowsOutside: boolean) => void;
  readonly places: () => Places;
} {
  const { input, options } = unplaced;
  const { leafItems, groupItems } = makeItems(unplaced);
  const inBox = Map.groupBy([...groupItems.filter((item) => item !== undefined), ...leafItems], ({ box }) => box);
  const sweeps = unplaced.leaves.length > LARGE ? SWEEPS_OF_LARGE : SWEEPS;
  let width = 0;
  const absolute = (item: Item): number => {
    let x = item.x;
    for (let box = item.box; box !== undefined; box = groupItems[box]?.box) x += groupItems[box]?.x ?? 0;
    return x;
  };
  const middleOf = (leaf: number): number => absolute(leafItems[leaf]) + leafItems[leaf].width / 2;
  const isInside = (leaf: number, box: number | undefined): boolean => {
    let at = leafItems[leaf].box;
    while (at !== undefined && at !== box) at = groupItems[at]?.box;
    return at === box;
  };
  const wishOf = (item: Item, side: "incoming" | "outgoing", knowsOutside: boolean): number => {
    let sum = 0;
    let count = 0;
    for (const { from, to } of item[side]) {
      const [other, own] = side === "incoming" ? [from, to] : [to, from];
      if (!knowsOutside && !isInside(other, item.box)) continue;
      sum += middleOf(other) - middleOf(own);
      count += 1;
    }
    return count === 0 ? item.x : item.x + sum / count;
  };
  const placeBox = (box: number | undefined, knowsOutside: boolean): void => {
    const items = inBox.get(box) ?? [];
    if (!knowsOutside) placeSideBySide(items, options.gap);
    for (let sweep = 0; sweep <= 2 * sweeps; sweep += 1) {
      const side = sweep % 2 === 0 ? "incoming" : "outgoing";
      sweepItems(items, {
        side,
        gap: options.gap,
        wish: (item) => wishOf(item, side, knowsOutside),
      });
    }
    const [before, after] = box === undefined ? [0, 0] : options.framePad;
    const left = items.reduce((least, { x }) => Math.min(least, x), Infinity);
    const right = items.reduce((most, item) => Math.max(most, item.x + item.width), -Infinity);
    for (const item of items) item.x += before - left;
    const extent = items.length === 0 ? 0 : right - left + before + after;
    const own = box === undefined ? undefined : groupItems[box];
    if (own) own.width = Math.max(extent, input.groups[box ?? 0].minWidth);
    else width = extent;
  };
  const shown = (item: Item | undefined) => ({ x: item ? absolute(item) : 0, width: item?.width ?? 0 });
  return { placeBox, places: () => ({ leaves: leafItems.map(shown), groups: groupItems.map(shown), width }) };
}

function makeItems({ input, options, spans, leaves, links }: Unplaced): {
  readonly leafItems: readonly Item[];
  readonly groupItems: readonly (Item | undefined)[];
} {
  const nothing = { x: 0, width: 0 };
  const leafItems = leaves.map(({ rank, group }, index): Item => ({
    ...nothing,
    box: group,
    first: rank,
    last: rank,
    width: input.nodes.at(index)?.width ?? options.laneWidth,
    incoming: [],
    outgoing: [],
  }));
  const groupItems = input.groups.map(({ parent }, group): Item | undefined => {
    const span = spans[group];
    return span && { ...nothing, ...span, box: parent, incoming: [], outgoing: [] };
  });
  const around = (leaf: number): readonly number[] => {
    const found: number[] = [];
    for (let group = leaves[leaf].group; group !== undefined; group = input.groups[group].parent) found.push(group);
    return found;
  };
  for (const link of links) {
    const [fromGroups, toGroups] = [around(link.from), around(link.to)];
    leafItems[link.from].outgoing.push(link);
    leafItems[link.to].incoming.push(link);
    for (const group of fromGroups) if (!toGroups.includes(group)) groupItems[group]?.outgoing.push(link);
    for (const group of toGroups) if (!fromGroups.includes(group)) groupItems[group]?.incoming.push(link);
  }
  return { leafItems, groupItems };
}

/** A first place: beside what stands in the same ranks, in the order of the tasks. */
function placeSideBySide(items: readonly Item[], gap: number): void {
  const ends = new Map<number, number>();
  for (const item of items) {
    item.x = 0;
    for (let rank = item.first; rank <= item.last; rank += 1) item.x = Math.max(item.x, ends.get(rank) ?? 0);
    for (let rank = item.first; rank <= item.last; rank += 1) ends.set(rank, item.x + item.width + gap);
  }
}

/** Rank by rank: what begins there is placed beside what began before and still stands there. Upwards, the same from the other end. */
function sweepItems(
  items: readonly Item[],
  how: {
    readonly side: "incoming" | "outgoing";
    readonly gap: number;
    readonly wish: (item: Item) => number;
  },
): void {
  const isDown = how.side === "incoming";
  const starts = Map.groupBy(items, ({ first, last }) => (isDown ? first : last));
  const ranks = [...starts.keys()].sort((a, b) => (isDown ? a - b : b - a));
  let standing: Item[] = [];
  for (const rank of ranks) {
    standing = standing.filter(({ first, last }) => (isDown ? last >= rank : first <= rank));
    const coming = starts.get(rank) ?? [];
    const wishes = coming.map((item) => ({ width: item.width, left: how.wish(item) }));
    const obstacles = standing.map(({ x, width }): Obstacle => ({ left: x, right: x + width }));
    const lefts = placeInGaps(wishes, obstacles, how.gap);
    coming.forEach((item, index) => (item.x = lefts[index]));
    standing.push(...coming.filter(({ first, last }) => first !== last));
  }
}
