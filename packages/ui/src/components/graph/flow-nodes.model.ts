import type { TaskState } from "@millrace/api";
import type { Node } from "@xyflow/react";
import type { FoldedNode } from "./fold-graph.model.ts";
import type { Box, PlacedGraph } from "./graph-layout.model.ts";
import type { SourceGroup, SourceNode } from "./graph-source.model.ts";
import { addTotals, leadingState, totalOf, type StateTotals } from "./node-states.model.ts";

interface Shown {
  /** The state that its instances are shown in; undefined without a run. */
  readonly state: TaskState | undefined;
  readonly counts: StateTotals;
  readonly instances: number;
}

/** What a node of the picture shows. */
export type NodeData =
  | ({ readonly kind: "node"; readonly node: SourceNode; readonly isFocus: boolean } & Shown)
  | ({ readonly kind: "closed"; readonly group: SourceGroup; readonly size: number } & Shown)
  | { readonly kind: "open"; readonly group: SourceGroup };

/** A node as the drawing library knows it. */
export type FlowNode = Node<NodeData & Record<string, unknown>>;

/** Puts a placed graph into the words of the drawing library. Open groups come first, so that they lie below what is in them. */
export function flowNodes(
  { graph, layout }: PlacedGraph,
  counts: ReadonlyMap<string, StateTotals>,
  focus: string | undefined,
): FlowNode[] {
  const open = graph.groups.flatMap((group, depth) => {
    const box = layout.groups[group.id];
    const data: NodeData = { kind: "open", group };
    return box ? [flowNode(`open:${group.id}`, { box, data, zIndex: depth - graph.groups.length })] : [];
  });
  const nodes = graph.nodes.flatMap((node) => {
    const box = layout.nodes[node.id];
    return box ? [flowNode(node.id, { box, data: dataOf(node, counts, focus), zIndex: 1 })] : [];
  });
  return [...open, ...nodes];
}

function dataOf(node: FoldedNode, counts: ReadonlyMap<string, StateTotals>, focus: string | undefined): NodeData {
  if (node.type === "node")
    return { kind: "node", node: node.node, isFocus: node.id === focus, ...shownOf(counts.get(node.id) ?? {}) };
  const totals = addTotals(node.inside.map((id) => counts.get(id)));
  return { kind: "closed", group: node.of, size: node.inside.length, ...shownOf(totals) };
}

function shownOf(counts: StateTotals): Shown {
  return { state: leadingState(counts), counts, instances: totalOf(counts) };
}

function flowNode(
  id: string,
  { box, data, zIndex }: { readonly box: Box; readonly data: NodeData; readonly zIndex: number },
): FlowNode {
  const { x, y, width, height } = box;
  return {
    id,
    type: data.kind,
    position: { x, y },
    width,
    height,
    measured: { width, height },
    // Edges are not the library's. A node whose handles it does not know it would draw once wherever it is, to look for them.
    handles: [],
    zIndex,
    data: data as NodeData & Record<string, unknown>,
  };
}
