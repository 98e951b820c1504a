/** A node to lay out. */
export interface LayoutNode {
  /** Index of the group that it is in. */
  readonly group?: number;
  /** Extent across the direction of the picture, in whole units. */
  readonly width: number;
}

/** A group of nodes: a box around them, and around nothing else. */
export interface LayoutGroup {
  /** Index of the group around it, which stands before it. */
  readonly parent?: number;
  /** What its title takes. */
  readonly minWidth: number;
}

/** An edge to lay out, by the indexes of its nodes. */
export interface LayoutEdge {
  readonly from: number;
  readonly to: number;
  /** Edges of different kinds share no line. */
  readonly kind: number;
}

/** A graph to lay out. */
export interface LayoutInput {
  readonly nodes: readonly LayoutNode[];
  readonly groups: readonly LayoutGroup[];
  readonly edges: readonly LayoutEdge[];
}

/** Distances, in whole units. */
export interface LayoutOptions {
  /** Between neighbours. */
  readonly gap: number;
  /** Of a line that passes a rank. */
  readonly laneWidth: number;
  /** Between a group's sides and what is in it: at the side where positions begin, and at the other. */
  readonly framePad: readonly [before: number, after: number];
}

/** A node, or a lane: the place where a line passes a rank. */
export interface PlacedLeaf {
  readonly rank: number;
  /** Its left side. */
  readonly x: number;
  readonly width: number;
  /** Index of the group that it is in. */
  readonly group?: number;
}

/** Where the box of a group is. */
export interface PlacedGroup {
  readonly x: number;
  readonly width: number;
  readonly firstRank: number;
  readonly lastRank: number;
  /** So many frames begin at its first rank, itself and those in it; so many end at its last. */
  readonly framesAbove: number;
  readonly framesBelow: number;
}

/** A piece of an edge, or of several that share a line: from a rank to the next. */
export interface Link {
  /** Index of the leaf that it leaves; below the number of nodes it is a node. */
  readonly from: number;
  readonly to: number;
  readonly kind: number;
  /** Its edge closes a circle: it points from `to` to `from`. */
  readonly turned: boolean;
}

/** A graph in ranks. Positions along the direction of the picture are the drawer's: only it knows how high things are. */
export interface Layout {
  readonly width: number;
  readonly rankCount: number;
  /** The nodes in their order, then lanes. */
  readonly leaves: readonly PlacedLeaf[];
  /** By group; `undefined` for one without nodes. */
  readonly groups: readonly (PlacedGroup | undefined)[];
  readonly links: readonly Link[];
}
