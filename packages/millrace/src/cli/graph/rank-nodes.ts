/** An edge of a graph to lay out, by the indexes of its nodes. */
export interface RankedEdge {
  readonly from: number;
  readonly to: number;
}

/** The rank of each node, and which edges stand against the direction of the picture. */
export interface Ranking {
  /** From 0. An edge leads to a higher rank, or is turned. */
  readonly ranks: readonly number[];
  /** Indexes of edges that close a circle: in the picture they are turned round. */
  readonly turned: ReadonlySet<number>;
}

/**
 * Gives each node the length of the longest path to it. One that nothing leads to stands right before what follows it. A graph with circles gets
 * as few turned edges as a walk through it finds. Edges from a node to itself count nothing.
 */
export function rankNodes(nodeCount: number, edges: readonly RankedEdge[]): Ranking {
  const outgoing: number[][] = Array.from({ length: nodeCount }, () => []);
  edges.forEach((edge, index) => {
    if (edge.from !== edge.to) outgoing[edge.from].push(index);
  });
  const { finished, turned } = walk(nodeCount, edges, outgoing);
  const ranks = new Array<number>(nodeCount).fill(0);
  const hasBefore = new Array<boolean>(nodeCount).fill(false);
  const order = finished.reverse();
  const forward = edges.map(({ from, to }, index) => (turned.has(index) ? { from: to, to: from } : { from, to }));
  const leaving: number[][] = Array.from({ length: nodeCount }, () => []);
  forward.forEach(({ from, to }, index) => {
    if (from !== to) leaving[from].push(index);
  });
  for (const node of order)
    for (const index of leaving[node]) {
      const { to } = forward[index];
      hasBefore[to] = true;
      ranks[to] = Math.max(ranks[to], ranks[node] + 1);
    }
  for (const node of order)
    if (!hasBefore[node] && leaving[node].length > 0)
      ranks[node] = leaving[node].reduce((least, index) => Math.min(least, ranks[forward[index].to] - 1), Infinity);
  return { ranks, turned };
}

const UNSEEN = 0;
const OPEN = 1;
const DONE = 2;

/** Depth first, without recursion: a chain may be thousands long. An edge to a node whose walk is open closes a circle. */
function walk(
  nodeCount: number,
  edges: readonly RankedEdge[],
  outgoing: readonly (readonly number[])[],
): { readonly finished: number[]; readonly turned: Set<number> } {
  const seen = new Uint8Array(nodeCount);
  const next = new Uint32Array(nodeCount);
  const finished: number[] = [];
  const turned = new Set<number>();
  const hasBefore = new Set(edges.filter(({ from, to }) => from !== to).map(({ to }) => to));
  const nodes = Array.from({ length: nodeCount }, (_, node) => node);
  const starts = [...nodes.filter((node) => !hasBefore.has(node)), ...nodes.filter((node) => hasBefore.has(node))];
  for (const start of starts) {
    if (seen[start] !== UNSEEN) continue;
    const path = [start];
    seen[start] = OPEN;
    while (path.length > 0) {
      const node = path[path.length - 1];
      if (next[node] === outgoing[node].length) {
        seen[node] = DONE;
        finished.push(node);
        path.pop();
        continue;
      }
      const index = outgoing[node][next[node]++];
      const { to } = edges[index];
      if (seen[to] === OPEN) turned.add(index);
      else if (seen[to] === UNSEEN) {
        seen[to] = OPEN;
        path.push(to);
      }
    }
  }
  return { finished, turned };
}
