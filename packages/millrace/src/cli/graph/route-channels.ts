import type { Layout, Link, PlacedLeaf } from "./layout.ts";

/** Lines that belong together: from each of `tops` to each of `bottoms`, over one horizontal track. */
export interface Net {
  readonly kind: number;
  /** It points upwards. */
  readonly turned: boolean;
  readonly tops: readonly Port[];
  readonly bottoms: readonly Port[];
  /** From 0, counted down; `undefined` when it is one straight line. */
  readonly track: number | undefined;
}

/** Where a net meets a leaf. */
export interface Port {
  readonly leaf: number;
  readonly column: number;
}

/** What is between two ranks. */
export interface Channel {
  readonly nets: readonly Net[];
  readonly trackCount: number;
}

interface Draft {
  readonly kind: number;
  readonly turned: boolean;
  readonly from: number[];
  readonly to: readonly number[];
}

interface Wired extends Draft {
  readonly tops: readonly Port[];
  readonly bottoms: readonly Port[];
  readonly left: number;
  readonly right: number;
}

/**
 * Lays the lines between each two ranks into columns and tracks of whole units. Lines of different nets never run over each other: they only
 * cross. The columns of a node are all but its first and its last.
 */
export function routeChannels({ leaves, links, rankCount }: Layout): readonly Channel[] {
  const byRank = Map.groupBy(links, ({ from }) => leaves[from].rank);
  return Array.from({ length: Math.max(0, rankCount - 1) }, (_, rank) => {
    const wired = wire(draftNets(byRank.get(rank) ?? []), leaves);
    const tracks = assignTracks(wired);
    return {
      nets: wired.map(({ kind, turned, tops, bottoms }, index) => ({
        kind,
        turned,
        tops,
        bottoms,
        track: tracks[index],
      })),
      trackCount: tracks.reduce<number>((most, track) => Math.max(most, (track ?? -1) + 1), 0),
    };
  });
}

/** Links of one source are one net; sources that lead to the same targets share theirs. */
function draftNets(links: readonly Link[]): readonly Draft[] {
  const bySource = Map.groupBy(links, ({ from, kind, turned }) => `${from} ${kind} ${turned}`);
  const nets = new Map<string, Draft>();
  for (const some of bySource.values()) {
    const [{ from, kind, turned }] = some;
    const to = some.map((link) => link.to).sort((a, b) => a - b);
    const key = `${kind} ${turned} ${to.join(" ")}`;
    const known = nets.get(key);
    if (known) known.from.push(from);
    else nets.set(key, { kind, turned, from: [from], to });
  }
  return [...nets.values()];
}

/** Gives each net a column at each of its leaves: one each, spread over the leaf, straight below where it can be. */
function wire(nets: readonly Draft[], leaves: readonly PlacedLeaf[]): readonly Wired[] {
  const middle = (leaf: number): number => leaves[leaf].x + leaves[leaf].width / 2;
  const mean = (some: readonly number[]): number => some.reduce((sum, leaf) => sum + middle(leaf), 0) / some.length;
  const tops = nets.map((): Port[] => []);
  const bottoms = nets.map((): Port[] => []);
  const above = leafNets(nets, (net) => net.from);
  for (const [leaf, some] of above) {
    some.sort((a, b) => mean(nets[a].to) - mean(nets[b].to));
    const [only] = nets[some[0]].to;
    const lane =
      some.length === 1 && nets[some[0]].to.length === 1 && leaves[only].width === 1 ? leaves[only].x : undefined;
    const columns = columnsOf(leaves[leaf], some.length, lane);
    some.forEach((net, place) => tops[net].push({ leaf, column: columns[place] }));
  }
  for (const [leaf, some] of leafNets(nets, (net) => net.to)) {
    some.sort((a, b) => mean(nets[a].from) - mean(nets[b].from));
    const straight = some.length === 1 && tops[some[0]].length === 1 ? tops[some[0]][0].column : undefined;
    const columns = columnsOf(leaves[leaf], some.length, straight);
    some.forEach((net, place) => bottoms[net].push({ leaf, column: columns[place] }));
  }
  return nets.map((net, index) => {
    const columns = [...tops[index], ...bottoms[index]].map(({ column }) => column);
    const extent = { left: Math.min(...columns), right: Math.max(...columns) };
    return { ...net, tops: tops[index], bottoms: bottoms[index], ...extent };
  });
}

function leafNets(nets: readonly Draft[], of: (net: Draft) => readonly number[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  nets.forEach((net, index) => {
    for (const leaf of of(net)) {
      const some = found.get(leaf);
      if (some) some.push(index);
      else found.set(leaf, [index]);
    }
  });
  return found;
}

function columnsOf({ x, width }: PlacedLeaf, count: number, wish: number | undefined): readonly number[] {
  const [first, last] = width === 1 ? [x, x] : [x + 1, x + width - 2];
  if (count === 1 && wish !== undefined && wish >= first && wish <= last) return [wish];
  const step = count === 1 ? 0 : Math.min(4, Math.floor((last - first) / (count - 1)));
  const start = Math.floor((first + last - step * (count - 1)) / 2);
  return Array.from({ length: count }, (_, place) =>
    Math.min(last, Math.max(first, start + place * Math.max(step, 1))),
  );
}

/** Left-edge channel routing: nets in an order that crosses little, each on the highest track that is free and below what must be above it. */
function assignTracks(nets: readonly Wired[]): readonly (number | undefined)[] {
  const isStraight = ({ left, right }: Wired): boolean => left === right;
  const byBottom = new Map<number, number[]>();
  nets.forEach((net, index) => {
    for (const { column } of net.bottoms) byBottom.set(column, [...(byBottom.get(column) ?? []), index]);
  });
  const above = nets.map(() => new Set<number>());
  nets.forEach((net, index) => {
    if (isStraight(net)) return;
    // Where a line goes down from above and another comes out below in the same column, the first must turn off higher up.
    for (const { column } of net.tops)
      for (const other of byBottom.get(column) ?? []) if (other !== index) above[other].add(index);
  });
  const tracks: (number | undefined)[] = nets.map(() => undefined);
  const taken: { readonly left: number; readonly right: number }[][] = [];
  const waiting = new Set(inGoodOrder(nets).filter((index) => !isStraight(nets[index])));
  while (waiting.size > 0) {
    // In a ring of such wishes one is not met.
    const next = [...waiting].find((index) => [...above[index]].every((other) => !waiting.has(other)));
    const index = next ?? [...waiting][0];
    waiting.delete(index);
    const { left, right } = nets[index];
    let track = [...above[index]].reduce((least, other) => Math.max(least, (tracks[other] ?? -1) + 1), 0);
    while (taken[track]?.some((other) => left <= other.right + 1 && other.left <= right + 1)) track += 1;
    tracks[index] = track;
    (taken[track] ??= []).push({ left, right });
  }
  return tracks;
}

/** Lines to both sides first; of those to one side the ones with the shortest way along the others. */
function inGoodOrder(nets: readonly Wired[]): readonly number[] {
  const key = ({ tops, left, right }: Wired): number => {
    const columns = tops.map(({ column }) => column);
    const [first, last] = [Math.min(...columns), Math.max(...columns)];
    if (left < first && right > last) return -Infinity;
    return right > last ? -first : last;
  };
  const isRight = (net: Wired): boolean => net.right > Math.max(...net.tops.map(({ column }) => column));
  const keys = nets.map(key);
  return nets
    .map((_, index) => index)
    .sort((a, b) => Number(isRight(nets[a])) - Number(isRight(nets[b])) || keys[a] - keys[b] || a - b);
}
