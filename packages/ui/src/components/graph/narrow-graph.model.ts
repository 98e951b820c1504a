import type { GraphSource } from "./graph-source.model.ts";

/** Which way to look from a node. */
export type NarrowDirection = "upstream" | "downstream" | "both";

/** What is left of a graph: a node, and what it follows or what follows it. */
export interface Narrowing {
  readonly nodeId: string;
  readonly direction: NarrowDirection;
  /** Edges away at most; absent: any. */
  readonly depth?: number;
}

/** Leaves of a graph a node and what is upstream or downstream of it. A node that is not there leaves the graph whole. */
export function narrowGraph(source: GraphSource, { nodeId, direction, depth }: Narrowing): GraphSource {
  if (!source.nodes.some(({ id }) => id === nodeId)) return source;
  const kept = new Set([nodeId]);
  if (direction !== "downstream") reach(kept, nodeId, neighbours(source, "to", "from"), depth);
  if (direction !== "upstream") reach(kept, nodeId, neighbours(source, "from", "to"), depth);
  return {
    nodes: source.nodes.filter(({ id }) => kept.has(id)),
    edges: source.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
    groups: source.groups,
  };
}

function neighbours(source: GraphSource, of: "from" | "to", other: "from" | "to"): ReadonlyMap<string, string[]> {
  const all = new Map<string, string[]>();
  for (const edge of source.edges) {
    const list = all.get(edge[of]);
    if (list) list.push(edge[other]);
    else all.set(edge[of], [edge[other]]);
  }
  return all;
}

function reach(kept: Set<string>, start: string, next: ReadonlyMap<string, readonly string[]>, depth = Infinity): void {
  const seen = new Set([start]);
  let front = [start];
  for (let away = 0; front.length > 0 && away < depth; away += 1) {
    front = front.flatMap((id) => next.get(id) ?? []).filter((id) => !seen.has(id) && seen.add(id));
    for (const id of front) kept.add(id);
  }
}
