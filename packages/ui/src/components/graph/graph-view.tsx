import "@xyflow/react/dist/style.css";
import { Loader, Text, useComputedColorScheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Background, Controls, ReactFlow, ReactFlowProvider } from "@xyflow/react";
import type { LinkProps } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { ErrorState } from "../answer.tsx";
import { texts } from "../../texts/index.ts";
import { EdgeLayer } from "./edge-layer.tsx";
import { flowNodes, type FlowNode } from "./flow-nodes.model.ts";
import { foldGraph } from "./fold-graph.model.ts";
import type { GraphDirection, PlacedGraph } from "./graph-layout.model.ts";
import { GraphOverview } from "./graph-overview.tsx";
import { ClosedGroupNode, OpenGroupNode, PlainNode } from "./graph-nodes.tsx";
import type { GraphSource } from "./graph-source.model.ts";
import classes from "./graph-view.module.css";
import { GraphActions } from "./graph-actions.ts";
import type { StateTotals } from "./node-states.model.ts";
import { useGraphLayout } from "./use-graph-layout.ts";
import { useGraphSight } from "./use-graph-sight.ts";

/** A graph to look at. */
export interface GraphViewProps {
  /** For screen readers. */
  readonly label: string;
  readonly source: GraphSource;
  readonly direction: GraphDirection;
  readonly openGroups: ReadonlySet<string>;
  readonly onToggleGroup: (groupId: string) => void;
  /** Instances by state of each node, where there is a run. */
  readonly counts?: ReadonlyMap<string, StateTotals>;
  /** Where a node leads. */
  readonly linkOf: (nodeId: string) => LinkProps | undefined;
  /** The node that is looked at. */
  readonly focus: string | undefined;
  /** Narrows the graph to what is around a node. */
  readonly onNarrow?: (nodeId: string) => void;
}

const NODE_TYPES = { node: PlainNode, closed: ClosedGroupNode, open: OpenGroupNode };
const NO_COUNTS: ReadonlyMap<string, StateTotals> = new Map();
const ZOOMS = { minZoom: 0.05, maxZoom: 2 } as const;

/** A graph with groups to open and close: panned, zoomed, walked through by keyboard. Only what is in sight is drawn. */
export function GraphView(props: GraphViewProps): ReactNode {
  const { source, openGroups, direction } = props;
  const folded = useMemo(() => foldGraph(source, (id) => openGroups.has(id)), [source, openGroups]);
  const placed = useGraphLayout(folded, direction);
  return (
    <div className={classes["frame"]} role="region" aria-label={props.label}>
      {placed.error && !placed.data && <ErrorState error={placed.error} retry={() => void placed.refetch()} />}
      {placed.data && (
        <ReactFlowProvider>
          <Picture {...props} placed={placed.data} />
        </ReactFlowProvider>
      )}
      {(placed.isPending || placed.isPlaceholderData) && (
        <div className={classes["progress"]} role="status">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{texts.graph.placing(folded.nodes.length)}</Text>
        </div>
      )}
    </div>
  );
}

function Picture(props: GraphViewProps & { readonly placed: PlacedGraph }): ReactNode {
  const { placed, counts = NO_COUNTS, focus, linkOf, onToggleGroup, onNarrow } = props;
  const colors = useComputedColorScheme("light");
  const isWide = useMediaQuery("(min-width: 48em)", true, { getInitialValueInEffect: false });
  const nodes = useMemo(() => flowNodes(placed, counts, focus), [placed, counts, focus]);
  const sight = useGraphSight(placed.layout, focus);
  const actions = useMemo(
    () => ({ linkOf, onToggleGroup, onNarrow, reveal: sight.reveal }),
    [linkOf, onToggleGroup, onNarrow, sight.reveal],
  );
  return (
    <GraphActions value={actions}>
      <ReactFlow<FlowNode>
        nodes={nodes}
        edges={[]}
        nodeTypes={NODE_TYPES}
        colorMode={colors}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        panOnScroll
        zoomActivationKeyCode={["Control", "Meta"]}
        proOptions={{ hideAttribution: false }}
        {...ZOOMS}
      >
        <EdgeLayer placed={placed} focus={focus} />
        <Background gap={24} />
        <Controls showInteractive={false} position="bottom-left" aria-label={texts.graph.controls} />
        {isWide && nodes.length > 12 && <GraphOverview layout={placed.layout} nodes={nodes} />}
      </ReactFlow>
    </GraphActions>
  );
}
