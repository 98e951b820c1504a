import { useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useCallback, useEffect, useRef } from "react";
import { groupNodeId } from "./fold-graph.model.ts";
import type { Box, GraphLayout } from "./graph-layout.model.ts";
import { firstSight, sightOf } from "./graph-sight.model.ts";

/** What of a graph is in sight. */
export interface GraphSight {
  /** Brings a node into sight if it is not. */
  readonly reveal: (nodeId: string) => void;
}

/** Looks at the whole of a small graph, at the beginning of a large one, and at the node that is looked for. */
export function useGraphSight(layout: GraphLayout, focus: string | undefined): GraphSight {
  const flow = useReactFlow();
  const store = useStoreApi();
  const hasSize = useStore(({ width, height }) => width > 0 && height > 0);
  const looked = useRef<GraphLayout>(undefined);
  useEffect(() => {
    if (!hasSize) return;
    const { width, height } = store.getState();
    const box = focus === undefined ? undefined : layout.nodes[focus];
    const isSame = looked.current === layout;
    looked.current = layout;
    const first = firstSight(layout, { width, height });
    // What fits is looked at whole, whatever is looked for in it.
    if (box && !first.isWhole) void flow.setViewport(sightOf(box, { width, height }, isSame ? flow.getZoom() : 1));
    else if (!isSame) void flow.setViewport(first);
  }, [flow, store, layout, focus, hasSize]);
  const reveal = useCallback(
    (nodeId: string) => {
      const box: Box | undefined = layout.nodes[nodeId] ?? layout.nodes[groupNodeId(nodeId)];
      if (!box) return;
      const { width, height, transform } = store.getState();
      const [x, y, zoom] = transform;
      const [left, top] = [box.x * zoom + x, box.y * zoom + y];
      const isSeen = left >= 0 && top >= 0 && left + box.width * zoom <= width && top + box.height * zoom <= height;
      if (!isSeen) void flow.setViewport(sightOf(box, { width, height }, Math.max(zoom, 0.6)));
    },
    [flow, store, layout],
  );
  return { reveal };
}
