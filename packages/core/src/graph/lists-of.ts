import type { GraphEachSource, GraphList } from "./graph.ts";

/** The lists of a source, one after the other; most have one. */
export function listsOf(source: GraphEachSource): readonly GraphList[] {
  return source.from === "concat" ? source.parts : [source];
}
