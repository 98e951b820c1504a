import type { Picture } from "./picture.ts";

/** The parts of a graph that neither an edge nor a group joins, in the order of their first nodes. */
export function picturePieces(picture: Picture): readonly Picture[] {
  const { nodes, groups, edges } = picture;
  // Groups stand behind the nodes, as if they were some.
  const parents = Array.from({ length: nodes.length + groups.length }, (_, index) => index);
  const rootOf = (index: number): number => {
    let at = index;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]];
    return at;
  };
  const join = (a: number, b: number): void => {
    parents[rootOf(b)] = rootOf(a);
  };
  nodes.forEach(({ group }, node) => {
    if (group !== undefined) join(node, nodes.length + group);
  });
  groups.forEach(({ parent }, group) => {
    if (parent !== undefined) join(nodes.length + parent, nodes.length + group);
  });
  for (const { from, to } of edges) join(from, to);
  const pieces = Map.groupBy(nodes.keys(), rootOf);
  if (pieces.size === 1) return [picture];
  return [...pieces].map(([root, own]) => {
    const ownGroups = [...groups.keys()].filter((group) => rootOf(nodes.length + group) === root);
    const nodeAt = new Map(own.map((node, index) => [node, index]));
    const groupAt = new Map(ownGroups.map((group, index) => [group, index]));
    const moved = (group: number | undefined): number | undefined =>
      group === undefined ? undefined : groupAt.get(group);
    return {
      ...picture,
      nodes: own.map((node) => withGroup(nodes[node], "group", moved(nodes[node].group))),
      groups: ownGroups.map((group) => withGroup(groups[group], "parent", moved(groups[group].parent))),
      edges: edges
        .filter(({ from }) => nodeAt.has(from))
        .map((edge) => ({ ...edge, from: nodeAt.get(edge.from) ?? 0, to: nodeAt.get(edge.to) ?? 0 })),
    };
  });
}

function withGroup<T extends object>(one: T, name: "group" | "parent", index: number | undefined): T {
  return index === undefined ? one : { ...one, [name]: index };
}
