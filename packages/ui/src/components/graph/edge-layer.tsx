import { useStore, ViewportPortal } from "@xyflow/react";
import { memo, useMemo, type ReactNode } from "react";
import { arrowPath, edgePath, labelPoint } from "./edge-path.model.ts";
import { edgesInSight, placedEdges, tilesInSight, type PlacedEdge, type Sight } from "./edge-tiles.model.ts";
import type { PlacedGraph } from "./graph-layout.model.ts";
import classes from "./graph-view.module.css";

/** Edges in sight as a few paths: thousands of elements of their own would be measured and moved each time. Those of the node that is looked at stand out. */
export function EdgeLayer({
  placed,
  focus,
}: {
  readonly placed: PlacedGraph;
  readonly focus: string | undefined;
}): ReactNode {
  const sight = useStore(
    ({ transform, width, height }) => tilesInSight(transform, { width, height }),
    (before, after) =>
      before.left === after.left &&
      before.right === after.right &&
      before.top === after.top &&
      before.bottom === after.bottom,
  );
  const all = useMemo(() => placedEdges(placed.graph.edges, placed.layout), [placed]);
  return (
    <ViewportPortal>
      <Edges all={all} sight={sight} focus={focus} />
    </ViewportPortal>
  );
}

interface EdgesProps {
  readonly all: readonly PlacedEdge[];
  readonly sight: Sight;
  readonly focus: string | undefined;
}

const Edges = memo(function Edges({ all, sight, focus }: EdgesProps): ReactNode {
  const seen = edgesInSight(all, sight);
  const near = seen.filter(({ edge }) => edge.from === focus || edge.to === focus);
  const firm = seen.filter(({ edge }) => !edge.isLoose);
  const loose = seen.filter(({ edge }) => edge.isLoose);
  return (
    <svg className={classes["edges"]} width={1} height={1} aria-hidden focusable={false}>
      <path className={classes["edge"]} d={lines(firm)} />
      <path className={classes["edge"]} data-loose d={lines(loose)} />
      <path className={classes["arrow"]} d={arrows(seen)} />
      {near.length > 0 && (
        <>
          <path className={classes["edge"]} data-near d={lines(near)} />
          <path className={classes["arrow"]} data-near d={arrows(near)} />
        </>
      )}
      {seen.map(({ edge, points }) => {
        if (edge.label === undefined) return null;
        const { x, y } = labelPoint(points);
        return (
          <text key={edge.id} className={classes["edgeLabel"]} x={x} y={y - 4}>
            {edge.label}
          </text>
        );
      })}
    </svg>
  );
});

function lines(edges: readonly PlacedEdge[]): string {
  return edges.map(({ points }) => edgePath(points)).join("");
}

function arrows(edges: readonly PlacedEdge[]): string {
  return edges.map(({ points }) => arrowPath(points)).join("");
}
