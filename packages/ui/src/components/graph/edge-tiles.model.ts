import type { FoldedEdge } from "./fold-graph.model.ts";
import type { GraphLayout, Point } from "./graph-layout.model.ts";

/** An edge with its points and the box around them. */
export interface PlacedEdge {
  readonly edge: FoldedEdge;
  readonly points: readonly Point[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A part of the picture. */
export interface Sight {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Parts in sight are rounded up to so many pixels, so that moving a little draws nothing anew. */
const TILE = 1_200;

/** Edges with the boxes around them, made once for each layout. */
export function placedEdges(edges: readonly FoldedEdge[], layout: GraphLayout): readonly PlacedEdge[] {
  return edges.flatMap((edge) => {
    const points = layout.edges[edge.id];
    if (points === undefined || points.length < 2) return [];
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    return [
      {
        edge,
        points,
        left: Math.min(...xs),
        right: Math.max(...xs),
        top: Math.min(...ys),
        bottom: Math.max(...ys),
      },
    ];
  });
}

/** The tiles in sight, as one part: of the size of the view, moved by `x` and `y` and zoomed. */
export function tilesInSight(
  [x, y, zoom]: readonly [number, number, number],
  view: { readonly width: number; readonly height: number },
): Sight {
  const down = (value: number): number => Math.floor(value / TILE) * TILE;
  return {
    left: down(-x / zoom),
    top: down(-y / zoom),
    right: down((view.width - x) / zoom) + TILE,
    bottom: down((view.height - y) / zoom) + TILE,
  };
}

/** Edges that may be seen. */
export function edgesInSight(edges: readonly PlacedEdge[], sight: Sight): readonly PlacedEdge[] {
  return edges.filter(
    ({ left, right, top, bottom }) =>
      right >= sight.left && left <= sight.right && bottom >= sight.top && top <= sight.bottom,
  );
}
