import { Panel, useReactFlow, useStore } from "@xyflow/react";
import { memo, useMemo, type PointerEvent, type ReactNode } from "react";
import { stateColor, type ShownState } from "../states/state-mark.tsx";
import type { FlowNode } from "./flow-nodes.model.ts";
import type { GraphLayout } from "./graph-layout.model.ts";
import { overviewParts, pictureAt } from "./graph-overview.model.ts";
import classes from "./graph-view.module.css";

interface OverviewProps {
  readonly layout: GraphLayout;
  readonly nodes: readonly FlowNode[];
}

/** The whole picture in a corner, and which part is in sight. For the pointer only: the keyboard goes from node to node. */
export function GraphOverview({ layout, nodes }: OverviewProps): ReactNode {
  const flow = useReactFlow();
  const { width, height } = layout;
  const moveTo = (pointer: PointerEvent<SVGSVGElement>): void => {
    if (pointer.buttons === 0) return;
    const box = pointer.currentTarget.getBoundingClientRect();
    const point = { x: pointer.clientX - box.left, y: pointer.clientY - box.top };
    const { x, y } = pictureAt(point, box, layout);
    void flow.setCenter(x, y, { zoom: flow.getZoom() });
  };
  return (
    <Panel position="bottom-right" className={classes["overview"]}>
      <svg
        viewBox={`0 0 ${Math.max(1, width)} ${Math.max(1, height)}`}
        width={180}
        height={110}
        aria-hidden
        onPointerDown={moveTo}
        onPointerMove={moveTo}
      >
        <AllNodes nodes={nodes} />
        <Sight />
      </svg>
    </Panel>
  );
}

const AllNodes = memo(function AllNodes({ nodes }: Pick<OverviewProps, "nodes">): ReactNode {
  const parts = useMemo(() => overviewParts(nodes), [nodes]);
  return parts.map(({ look, path }) => <path key={look} d={path} fill={stateColor(look as ShownState)} />);
});

function Sight(): ReactNode {
  const [x, y, zoom] = useStore(({ transform }) => transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  return <rect className={classes["sight"]} x={-x / zoom} y={-y / zoom} width={width / zoom} height={height / zoom} />;
}
