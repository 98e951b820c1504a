import type { GraphSource, SourceGroup, SourceNode } from "./graph-source.model.ts";

/** A node that is drawn: a node of the source, or a closed group that stands for those in it. */
export type FoldedNode =
  | { readonly type: "node"; readonly id: string; readonly group?: string; readonly node: SourceNode }
  | {
      readonly type: "closed";
      readonly id: string;
      readonly group?: string;
      readonly of: SourceGroup;
      /** Ids of all nodes in it. */
      readonly inside: readonly string[];
    };

/** An edge that is drawn; may stand for several of the source. */
export interface FoldedEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  readonly isLoose: boolean;
}

/** A graph as it is drawn: closed groups are one node each, and edges lead to what is seen. */
export interface FoldedGraph {
  readonly nodes: readonly FoldedNode[];
  readonly edges: readonly FoldedEdge[];
  /** Open groups that have something in them, parents before children. */
  readonly groups: readonly SourceGroup[];
}

/** Labels of edges that are one; further ones are counted. */
const SHOWN_LABELS = 2;
const LABEL_CHARS = 36;

/** How a closed group is called among the nodes, whose ids it may share. */
export function groupNodeId(groupId: string): string {
  return `group:${groupId}`;
}

/** Folds a graph: groups that are not open, and all in them, become one node. */
export function foldGraph(source: GraphSource, isOpen: (groupId: string) => boolean): FoldedGraph {
  const groups = new Map(source.groups.map((group) => [group.id, group]));
  const closedOf = outermostClosed(groups, isOpen);
  const inside = new Map<string, string[]>();
  const standsFor = new Map<string, string>();
  const nodes: FoldedNode[] = [];
  for (const node of source.nodes) {
    const closed = node.group === undefined ? undefined : closedOf(node.group);
    if (closed === undefined) {
      standsFor.set(node.id, node.id);
      nodes.push({ type: "node", id: node.id, node, ...(node.group !== undefined && { group: node.group }) });
      continue;
    }
    const id = groupNodeId(closed.id);
    standsFor.set(node.id, id);
    const members = inside.get(id);
    if (members) {
      members.push(node.id);
      continue;
    }
    const fresh = [node.id];
    inside.set(id, fresh);
    const { parent } = closed;
    nodes.push({ type: "closed", id, of: closed, inside: fresh, ...(parent !== undefined && { group: parent }) });
  }
  return { nodes, edges: foldEdges(source, standsFor), groups: openGroups(source, groups, nodes) };
}

/** For a group: itself or the group above it that is closed and hides it; the outermost one. */
function outermostClosed(
  groups: ReadonlyMap<string, SourceGroup>,
  isOpen: (groupId: string) => boolean,
): (groupId: string) => SourceGroup | undefined {
  const known = new Map<string, SourceGroup | undefined>();
  const find = (groupId: string): SourceGroup | undefined => {
    if (known.has(groupId)) return known.get(groupId);
    const group = groups.get(groupId);
    const above = group?.parent === undefined ? undefined : find(group.parent);
    const found = above ?? (group && !isOpen(groupId) ? group : undefined);
    known.set(groupId, found);
    return found;
  };
  return find;
}

function foldEdges(source: GraphSource, standsFor: ReadonlyMap<string, string>): readonly FoldedEdge[] {
  const edges = new Map<string, FoldedEdge>();
  const labels = new Map<string, Set<string>>();
  for (const edge of source.edges) {
    const [from, to] = [standsFor.get(edge.from), standsFor.get(edge.to)];
    if (from === undefined || to === undefined || from === to) continue;
    const id = `${from} → ${to}`;
    const named = labels.get(id) ?? new Set();
    if (edge.label !== undefined) named.add(edge.label);
    labels.set(id, named);
    edges.set(id, {
      id,
      from,
      to,
      isLoose: (edges.get(id)?.isLoose ?? true) && edge.isLoose === true,
      ...(named.size > 0 && { label: shortLabel([...named]) }),
    });
  }
  return [...edges.values()];
}

function shortLabel(labels: readonly string[]): string {
  const shown = labels.slice(0, SHOWN_LABELS).join(", ");
  const cut = shown.length > LABEL_CHARS ? `${shown.slice(0, LABEL_CHARS)}…` : shown;
  return labels.length > SHOWN_LABELS ? `${cut} +${labels.length - SHOWN_LABELS}` : cut;
}

function openGroups(
  source: GraphSource,
  groups: ReadonlyMap<string, SourceGroup>,
  nodes: readonly FoldedNode[],
): readonly SourceGroup[] {
  const used = new Set<string>();
  for (const { group } of nodes)
    for (let id = group; id !== undefined && !used.has(id); id = groups.get(id)?.parent) used.add(id);
  return source.groups.filter(({ id }) => used.has(id));
}
