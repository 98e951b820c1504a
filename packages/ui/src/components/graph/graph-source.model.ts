/** What a node of a picture stands for. */
export type NodeKind = "task" | "asset" | "dag";

/** A node as the server tells of it. */
export interface SourceNode {
  readonly id: string;
  readonly label: string;
  readonly kind: NodeKind;
  /** A second line: the operator of a task. */
  readonly detail?: string;
  /** The group that it is in. */
  readonly group?: string;
  readonly isMapped?: boolean;
}

/** An edge as the server tells of it. */
export interface SourceEdge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** Drawn with dashes: an edge that is no order of tasks. */
  readonly isLoose?: boolean;
}

/** A group of nodes that can be closed. */
export interface SourceGroup {
  readonly id: string;
  readonly label: string;
  readonly parent?: string;
  readonly isMapped?: boolean;
}

/** A graph before it is drawn: all nodes, whatever is closed or filtered. */
export interface GraphSource {
  readonly nodes: readonly SourceNode[];
  readonly edges: readonly SourceEdge[];
  readonly groups: readonly SourceGroup[];
}
