import type { AnswerOf, getAssetGraph } from "@millrace/api";
import type { GraphSource, SourceNode } from "../../components/graph/graph-source.model.ts";

/** Assets and who updates and follows them as a graph to be drawn. */
export function assetSource({ nodes, edges }: AnswerOf<typeof getAssetGraph>): GraphSource {
  return {
    nodes: nodes.map(({ id, kind, uri, dagId, taskId }): SourceNode => {
      const label = uri ?? taskId ?? dagId ?? id;
      return { id, kind, label, ...(kind === "task" && dagId !== undefined && { detail: dagId }) };
    }),
    edges,
    groups: [],
  };
}
