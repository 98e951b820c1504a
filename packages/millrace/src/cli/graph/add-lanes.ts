import type { LayoutEdge, LayoutInput, Link } from "./layout.ts";
import type { Ranking } from "./rank-nodes.ts";

/** Beyond so many lanes nobody could follow a line: then edges over several ranks are drawn straight from end to end. */
const MOST_LANES = 30_000;

/** A node or a lane before it has a place. */
export interface Leaf {
  readonly rank: number;
  /** Index of the group that it is in. */
  readonly group: number | undefined;
}

/** Leaves and the links between them. */
export interface Laned {
  readonly leaves: readonly Leaf[];
  readonly links: readonly Link[];
}

/** First and last rank of each group's nodes; `undefined` for a group without any. */
export type Spans = readonly ({ readonly first: number; readonly last: number } | undefined)[];

/**
 * Cuts edges that pass ranks into links between neighbouring ranks. Edges that leave one node, or that enter one, share their lanes where most
 * of its long edges do.
 */
export function addLanes(input: LayoutInput, ranking: Ranking, spans: Spans): Laned {
  const { ranks, turned } = ranking;
  const forward = forwardEdges(input.edges, turned);
  const leaves: Leaf[] = input.nodes.map(({ group }, node) => ({ rank: ranks[node], group }));
  const links = new Map<string, Link>();
  const link = (from: number, to: number, edge: Link): void => {
    links.set(`${from} ${to} ${edge.kind} ${edge.turned}`, { ...edge, from, to });
  };
  const shares = sharing(forward.filter(({ from, to }) => ranks[to] - ranks[from] > 1));
  const chains = new Map<string, Map<number, number>>();
  let laneCount = 0;
  for (const edge of forward) {
    const { key, isBySource } = shares(edge);
    const chain = chains.get(key) ?? new Map<number, number>();
    chains.set(key, chain);
    // What is there of a shared line is joined, not walked along: a node may have as many long edges as there are ranks.
    let rank = isBySource ? Math.min(ranks[edge.from] + chain.size, ranks[edge.to] - 1) : ranks[edge.from];
    let at = (isBySource ? chain.get(rank) : undefined) ?? edge.from;
    let isJoined = false;
    for (rank += 1; rank < ranks[edge.to] && !isJoined && laneCount < MOST_LANES; rank += 1) {
      let lane = chain.get(rank);
      isJoined = lane !== undefined;
      if (lane === undefined) {
        lane = leaves.push({ rank, group: groupAt(input, spans, { edge, rank }) }) - 1;
        chain.set(rank, lane);
        laneCount += 1;
      }
      link(at, lane, edge);
      at = lane;
    }
    if (!isJoined) link(at, edge.to, edge);
  }
  return { leaves, links: [...links.values()] };
}

function forwardEdges(edges: readonly LayoutEdge[], turned: ReadonlySet<number>): readonly Link[] {
  return edges.flatMap(({ from, to, kind }, index): readonly Link[] => {
    if (from === to) return [];
    return turned.has(index) ? [{ from: to, to: from, kind, turned: true }] : [{ from, to, kind, turned: false }];
  });
}

/** Whose lanes an edge takes: those of its source or of its target, whichever has more long edges. */
function sharing(long: readonly Link[]): (edge: Link) => { readonly key: string; readonly isBySource: boolean } {
  const leaving = new Map<string, number>();
  const entering = new Map<string, number>();
  const nameOf = (node: number, { kind, turned }: Link): string => `${node} ${kind} ${turned}`;
  for (const edge of long) {
    const out = nameOf(edge.from, edge);
    const into = nameOf(edge.to, edge);
    leaving.set(out, (leaving.get(out) ?? 0) + 1);
    entering.set(into, (entering.get(into) ?? 0) + 1);
  }
  return (edge) => {
    const out = nameOf(edge.from, edge);
    const into = nameOf(edge.to, edge);
    const isBySource = (leaving.get(out) ?? 0) > (entering.get(into) ?? 0);
    return { key: isBySource ? `from ${out}` : `to ${into}`, isBySource };
  };
}

/** A lane stays in the group of its source as long as that has the rank, then in that of its target. */
function groupAt(
  { nodes, groups }: LayoutInput,
  spans: Spans,
  { edge, rank }: { readonly edge: Link; readonly rank: number },
): number | undefined {
  for (const node of [edge.from, edge.to])
    for (let group = nodes[node].group; group !== undefined; group = groups[group].parent) {
      const span = spans[group];
      if (span && span.first <= rank && rank <= span.last) return group;
    }
  return undefined;
}
