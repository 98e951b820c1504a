import type { AnswerOf, getDagDependencies } from "@millrace/api";
import type { GraphSource, SourceEdge } from "../../components/graph/graph-source.model.ts";

/** Dependencies between DAGs as a graph to be drawn: assets stand between those who update and those who follow them. */
export function dependenciesSource({ dags, edges }: AnswerOf<typeof getDagDependencies>): GraphSource {
  const uris = new Set(edges.flatMap(({ uri }) => (uri === undefined ? [] : [uri])));
  const drawn = edges.flatMap(({ from, to, via, taskId, uri }): SourceEdge[] => {
    const ends = { from: `dag:${from}`, to: `dag:${to}` };
    if (uri === undefined) return [{ ...ends, label: taskId, isLoose: via === "sensor" }];
    return [
      { from: ends.from, to: `asset:${uri}`, label: taskId },
      { from: `asset:${uri}`, to: ends.to },
    ];
  });
  return {
    nodes: [
      ...dags.map((dagId) => ({ id: `dag:${dagId}`, label: dagId, kind: "dag" as const })),
      ...[...uris].map((uri) => ({ id: `asset:${uri}`, label: uri, kind: "asset" as const })),
    ],
    edges: drawn,
    groups: [],
  };
}
