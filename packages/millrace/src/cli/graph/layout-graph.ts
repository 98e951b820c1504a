import { addLanes, type Spans } from "./add-lanes.ts";
import type { Layout, LayoutInput, LayoutOptions, PlacedGroup } from "./layout.ts";
import { placeLeaves } from "./place-leaves.ts";
import { rankNodes } from "./rank-nodes.ts";

/**
 * Lays a graph out in ranks, as Sugiyama did: every edge leads to a higher rank (those that close a circle are turned), lines that pass a rank
 * have lanes in it, no two leaves overlap, and the box of a group holds its nodes and no others. The same input gives the same layout.
 */
export function layoutGraph(input: LayoutInput, options: LayoutOptions): Layout {
  const ranking = rankNodes(input.nodes.length, input.edges);
  const spans = spansOf(input, ranking.ranks);
  const laned = addLanes(input, ranking, spans);
  const places = placeLeaves({ input, options, spans, ...laned });
  const frames = framesOf(input, spans);
  return {
    width: places.width,
    rankCount: ranking.ranks.reduce((most, rank) => Math.max(most, rank + 1), 0),
    leaves: laned.leaves.map(({ rank, group }, index) => ({
      rank,
      ...places.leaves[index],
      ...(group !== undefined && { group }),
    })),
    groups: spans.map(
      (span, group): PlacedGroup | undefined =>
        span && { ...places.groups[group], firstRank: span.first, lastRank: span.last, ...frames[group] },
    ),
    links: laned.links,
  };
}

function spansOf({ nodes, groups }: LayoutInput, ranks: readonly number[]): Spans {
  const spans: ({ first: number; last: number } | undefined)[] = groups.map(() => undefined);
  nodes.forEach(({ group }, node) => {
    for (let at = group; at !== undefined; at = groups[at].parent) {
      const span = (spans[at] ??= { first: ranks[node], last: ranks[node] });
      span.first = Math.min(span.first, ranks[node]);
      span.last = Math.max(span.last, ranks[node]);
    }
  });
  return spans;
}

function framesOf(
  { groups }: LayoutInput,
  spans: Spans,
): readonly { readonly framesAbove: number; readonly framesBelow: number }[] {
  const frames = groups.map(() => ({ framesAbove: 1, framesBelow: 1 }));
  for (let group = groups.length - 1; group >= 0; group -= 1) {
    const { parent } = groups[group];
    const span = spans[group];
    const around = parent === undefined ? undefined : spans[parent];
    if (parent === undefined || !span || !around) continue;
    if (span.first === around.first)
      frames[parent].framesAbove = Math.max(frames[parent].framesAbove, frames[group].framesAbove + 1);
    if (span.last === around.last)
      frames[parent].framesBelow = Math.max(frames[parent].framesBelow, frames[group].framesBelow + 1);
  }
  return frames;
}
