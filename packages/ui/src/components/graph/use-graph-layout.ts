import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { FoldedGraph } from "./fold-graph.model.ts";
import {
  LARGE_GRAPH,
  layoutInput,
  layoutKey,
  type GraphDirection,
  type GraphLayout,
  type LayoutInput,
  type PlacedGraph,
} from "./graph-layout.model.ts";

/** Places a graph: a small one at once, a large one beside the page. Layouts are kept, so that going back shows them at once. */
export function useGraphLayout(graph: FoldedGraph, direction: GraphDirection): UseQueryResult<PlacedGraph> {
  const input = useMemo(() => layoutInput(graph, direction), [graph, direction]);
  const key = useMemo(() => layoutKey(input), [input]);
  return useQuery({
    queryKey: ["graph-layout", key],
    queryFn: async ({ signal }) => ({ graph, layout: await place(input, signal) }),
    staleTime: Infinity,
    retry: false,
    // Comparing thousands of places with those of another layout would hold up the page for nothing.
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });
}

async function place(input: LayoutInput, signal: AbortSignal): Promise<GraphLayout> {
  if (input.nodes.length < LARGE_GRAPH) return (await import("./layout-dagre.ts")).layoutDagre(input);
  return await (await import("./layout-elk.ts")).layoutElk(input, signal);
}
