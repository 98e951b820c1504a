import type { FoldedGraph, FoldedNode } from "./fold-graph.model.ts";

/** Which way edges lead. */
export type GraphDirection = "LR" | "TB";

/** A place and a size, from the upper left corner of the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A point of the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is to be placed. */
export interface LayoutInput {
  readonly direction: GraphDirection;
  readonly nodes: readonly {
    readonly id: string;
    readonly width: number;
    readonly height: number;
    readonly group?: string;
  }[];
  /** Parents before children. */
  readonly groups: readonly { readonly id: string; readonly parent?: string }[];
  readonly edges: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    /** Room that its label needs. */
    readonly labelWidth?: number;
  }[];
}

/** Where everything is. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: Readonly<Record<string, Box>>;
  readonly groups: Readonly<Record<string, Box>>;
  /** Points that an edge leads through, both ends included. */
  readonly edges: Readonly<Record<string, readonly Point[]>>;
}

/** A layout, and which graph it is of: while another one is placed, the last is still shown. */
export interface PlacedGraph {
  readonly graph: FoldedGraph;
  readonly layout: GraphLayout;
}

/** Space above the nodes of an open group, for its name. */
export const GROUP_HEAD = 30;
/** Space at the other sides of an open group. */
export const GROUP_PADDING = 14;
/** Graphs of more nodes are placed off the main thread. */
export const LARGE_GRAPH = 150;

const CHAR_WIDTH = 7.4;
const LABEL_CHAR_WIDTH = 6.2;
const NODE_HEIGHT = 46;

/** What is to be placed of a folded graph, with sizes that their texts need. */
export function layoutInput({ nodes, edges, groups }: FoldedGraph, direction: GraphDirection): LayoutInput {
  return {
    direction,
    nodes: nodes.map((node) => ({
      id: node.id,
      width: nodeWidth(node),
      height: NODE_HEIGHT,
      ...(node.group !== undefined && { group: node.group }),
    })),
    groups: groups.map(({ id, parent }) => ({ id, ...(parent !== undefined && { parent }) })),
    edges: edges.map(({ id, from, to, label }) => ({
      id,
      from,
      to,
      ...(label !== undefined && { labelWidth: label.length * LABEL_CHAR_WIDTH }),
    })),
  };
}

function nodeWidth(node: FoldedNode): number {
  const [label, detail] = node.type === "closed" ? [node.of.label, ""] : [node.node.label, node.node.detail ?? ""];
  const chars = Math.max(label.length, detail.length * 0.85);
  return Math.round(Math.min(280, Math.max(120, chars * CHAR_WIDTH + 54)));
}

/** A short name of what is to be placed: the same input has the same one. */
export function layoutKey(input: LayoutInput): string {
  const text = JSON.stringify(input);
  // Two 32-bit FNV-1a hashes from both ends: names of layouts that one browser keeps, of which there are dozens.
  let [forwards, backwards] = [0x811c9dc5, 0x811c9dc5];
  for (let at = 0; at < text.length; at += 1) {
    forwards = Math.imul(forwards ^ text.charCodeAt(at), 0x01000193);
    backwards = Math.imul(backwards ^ text.charCodeAt(text.length - 1 - at), 0x01000193);
  }
  return `${text.length}-${forwards >>> 0}-${backwards >>> 0}`;
}
