import { Graph, layout } from "@dagrejs/dagre";
import {
  GROUP_HEAD,
  GROUP_PADDING,
  type Box,
  type GraphDirection,
  type GraphLayout,
  type LayoutInput,
  type Point,
} from "./graph-layout.model.ts";

const LABEL_HEIGHT = 16;

/** Places a small graph at once. */
export function layoutDagre({ direction, nodes, groups, edges }: LayoutInput): GraphLayout {
  const graph = new Graph({ directed: true, compound: true });
  graph.setGraph({ rankdir: direction, nodesep: 18, ranksep: 56, edgesep: 12, marginx: 12, marginy: GROUP_HEAD });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const group of groups) graph.setNode(`g:${group.id}`, {});
  for (const { id, width, height } of nodes) graph.setNode(`n:${id}`, { width, height });
  for (const { id, parent } of groups) if (parent !== undefined) graph.setParent(`g:${id}`, `g:${parent}`);
  for (const { id, group } of nodes) if (group !== undefined) graph.setParent(`n:${id}`, `g:${group}`);
  for (const { from, to, labelWidth } of edges)
    graph.setEdge(
      `n:${from}`,
      `n:${to}`,
      labelWidth === undefined ? {} : { width: labelWidth, height: LABEL_HEIGHT, labelpos: "c" },
    );
  layout(graph);
  const placed: Record<string, Box> = {};
  for (const { id } of nodes) placed[id] = boxOf(graph.node(`n:${id}`) as Placed);
  const boxes: Record<string, Box> = {};
  // Children come after their parents: what is in a group is placed before it.
  for (const { id } of groups.toReversed()) {
    const inside = [
      ...nodes.filter(({ group }) => group === id).map((node) => placed[node.id]),
      ...groups.filter((group) => group.parent === id).map((group) => boxes[group.id]),
    ];
    boxes[id] = around(inside);
  }
  const lines: Record<string, readonly Point[]> = {};
  for (const { id, from, to } of edges) {
    const { points } = graph.edge(`n:${from}`, `n:${to}`) as { readonly points: readonly Point[] };
    lines[id] = [
      sideOf(placed[from], direction, "end"),
      ...points.slice(1, -1),
      sideOf(placed[to], direction, "start"),
    ];
  }
  const { width = 0, height = 0 } = graph.graph() as { readonly width?: number; readonly height?: number };
  return { width, height, nodes: placed, groups: boxes, edges: lines };
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where edges leave and reach a node: the middle of a side, not wherever a line to its middle meets it. */
function sideOf({ x, y, width, height }: Box, direction: GraphDirection, side: "start" | "end"): Point {
  const far = side === "end" ? 1 : 0;
  return direction === "LR" ? { x: x + width * far, y: y + height / 2 } : { x: x + width / 2, y: y + height * far };
}

/** The library places middles. */
function boxOf({ x, y, width, height }: Placed): Box {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** The box around what is in a group: the library leaves room for it, but none for a name. */
function around(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map(({ x }) => x)) - GROUP_PADDING;
  const top = Math.min(...boxes.map(({ y }) => y)) - GROUP_HEAD;
  const right = Math.max(...boxes.map(({ x, width }) => x + width)) + GROUP_PADDING;
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + GROUP_PADDING;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
