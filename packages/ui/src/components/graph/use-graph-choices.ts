import { useCallback, useMemo } from "react";
import { useFilters } from "../../app/url-filters.ts";
import type { GraphDirection } from "./graph-layout.model.ts";
import type { GraphSource } from "./graph-source.model.ts";
import { narrowGraph, type NarrowDirection } from "./narrow-graph.model.ts";
import { openGroupIds, revealNode, toggleGroup } from "./open-groups.model.ts";

/** What of a graph is looked at and how: all of it stands in the address. */
export interface GraphChoices {
  /** All nodes, to be searched. */
  readonly whole: GraphSource;
  /** What is left of it. */
  readonly source: GraphSource;
  readonly direction: GraphDirection;
  readonly turn: (direction: GraphDirection) => void;
  readonly openGroups: ReadonlySet<string>;
  readonly toggle: (groupId: string) => void;
  readonly openAll: () => void;
  readonly closeAll: () => void;
  readonly focus: string | undefined;
  /** Looks at a node; undefined: at all. */
  readonly lookAt: (nodeId: string | undefined) => void;
  /** Which way from `focus` is left; undefined: nothing is left out. */
  readonly around: NarrowDirection | undefined;
  readonly setAround: (around: NarrowDirection | undefined) => void;
  /** Leaves what is around a node; again: all. */
  readonly narrowTo: (nodeId: string) => void;
}

const EMPTY: GraphSource = { nodes: [], edges: [], groups: [] };
const AROUND: ReadonlySet<string> = new Set<NarrowDirection>(["upstream", "downstream", "both"]);

/** Choices of a graph view: direction, groups, the node that is looked at, and what is around it. */
export function useGraphChoices(whole: GraphSource = EMPTY): GraphChoices {
  const [filters, change] = useFilters<"open" | "direction" | "focus" | "around">();
  const { open, focus } = filters;
  const around = AROUND.has(filters.around ?? "") ? (filters.around as NarrowDirection) : undefined;
  const source = useMemo(
    () => (focus !== undefined && around ? narrowGraph(whole, { nodeId: focus, direction: around }) : whole),
    [whole, focus, around],
  );
  const openGroups = useMemo(() => openGroupIds(whole, open), [whole, open]);
  const toggle = useCallback(
    (groupId: string) => change({ open: toggleGroup(whole, open, groupId) }),
    [change, whole, open],
  );
  const narrowTo = useCallback(
    (nodeId: string) =>
      focus === nodeId && around
        ? change({ around: undefined }, { replace: false })
        : change({ focus: nodeId, around: "both" }, { replace: false }),
    [change, focus, around],
  );
  return {
    whole,
    source,
    direction: filters.direction === "TB" ? "TB" : "LR",
    turn: (direction) => change({ direction: direction === "LR" ? undefined : direction }),
    openGroups,
    toggle,
    openAll: () => change({ open: "all" }),
    closeAll: () => change({ open: "none" }),
    focus,
    lookAt: (nodeId) =>
      change(
        nodeId === undefined
          ? { focus: undefined, around: undefined }
          : { focus: nodeId, open: revealNode(whole, open, nodeId) },
      ),
    around,
    setAround: (next) => change({ around: next }),
    narrowTo,
  };
}
