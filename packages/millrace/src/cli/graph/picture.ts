/** A graph as people are to see it, before anybody draws it. */
export interface Picture {
  readonly title: string;
  /** One sentence, for those who do not see it. */
  readonly description: string;
  readonly nodes: readonly PictureNode[];
  readonly groups: readonly PictureGroup[];
  readonly edges: readonly PictureEdge[];
}

/** A task, a DAG, an asset, or what one DAG does with another. */
export interface PictureNode {
  readonly id: string;
  readonly label: string;
  /** What else is to be said of it: its trigger rule, for example. */
  readonly notes: readonly string[];
  /** Index into groups. */
  readonly group?: number;
  /** Of the task in a run. */
  readonly state?: string;
  readonly shape: NodeShape;
}

/** `box` for tasks and DAGs, `round` for assets, `plain` for what stands on a line between two DAGs. */
export type NodeShape = "box" | "round" | "plain";

/** A box around nodes. */
export interface PictureGroup {
  readonly label: string;
  /** Index of the group around it. */
  readonly parent?: number;
}

/** What leads from one node to another. */
export interface PictureEdge {
  readonly from: number;
  readonly to: number;
  /** data: a result goes along it; order: it only says what comes first. */
  readonly via: "data" | "order";
  /** Which choice of a branch it follows. */
  readonly label?: string;
}
