import type { FlowNode } from "./flow-nodes.model.ts";
import type { Point } from "./graph-layout.model.ts";

/** Nodes of one look, as one SVG path. */
export interface OverviewPart {
  /** A state, or `none` without a run. */
  readonly look: string;
  readonly path: string;
}

/** Draws all nodes as few paths: thousands of elements would hold up the page. */
export function overviewParts(nodes: readonly FlowNode[]): readonly OverviewPart[] {
  const paths = new Map<string, string[]>();
  for (const { data, position, width = 0, height = 0 } of nodes) {
    if (data.kind === "open") continue;
    const look = data.state ?? "none";
    const path = `M${Math.round(position.x)} ${Math.round(position.y)}h${width}v${height}h${-width}z`;
    const others = paths.get(look);
    if (others) others.push(path);
    else paths.set(look, [path]);
  }
  return [...paths].map(([look, parts]) => ({ look, path: parts.join("") }));
}

/** Where in the picture a point of the overview is, which is drawn whole and in the middle of its box. */
export function pictureAt(
  point: Point,
  box: { readonly width: number; readonly height: number },
  picture: { readonly width: number; readonly height: number },
): Point {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  return {
    x: (point.x - (box.width - picture.width * scale) / 2) / scale,
    y: (point.y - (box.height - picture.height * scale) / 2) / scale,
  };
}
