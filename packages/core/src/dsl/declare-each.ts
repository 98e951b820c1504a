import type { GraphEachSource } from "../graph/graph.ts";
import { lengthOf } from "../values/elements.ts";
import { badDag, type Place } from "./build-error.ts";
import { addEdge, mappedGroup, type Declaration, type DeclaredEach, type Edges } from "./declaration.ts";
import { handleSource, refSource } from "./handle.ts";
import { taskBehind } from "./resolve-upstream.ts";
import { isZip } from "./scope.ts";

/** Reads `each` and adds the edges to the tasks that it maps over. */
export function declareEach(declaration: Declaration, each: object, edges: Edges, place: Place): DeclaredEach {
  const names = Object.keys(each);
  if (names.length === 0) throw badDag(place, "each: names nothing to map over; write each: { name: list }");
  const literals: Record<string, unknown> = {};
  const sources = Object.entries(each).map(([name, value]) => readSource(declaration, { name, value }, place));
  for (const source of sources) {
    if (source.from === "task") addEdge(edges, source.task, { via: "data" });
    if (source.from === "literal") literals[source.name] = (each as Record<string, unknown>)[source.name];
  }
  return { mode: isZip(each) ? "zip" : "product", sources, literals };
}

/** Refuses mapping inside a mapped group. */
export function refuseNestedMapping(declaration: Declaration, group: number | undefined, place: Place): void {
  const outer = mappedGroup(declaration, group);
  if (outer < 0) return;
  throw badDag(
    place,
    `it is inside the mapped group ${declaration.groups[outer].groupId}: nothing can be mapped there; map over the product, or trigger another DAG per element`,
  );
}

function readSource(
  declaration: Declaration,
  source: { readonly name: string; readonly value: unknown },
  place: Place,
): GraphEachSource {
  const { name, value } = source;
  const handle = handleSource(value);
  const ref = refSource(value);
  if (handle?.kind === "item") throw badDag(place, `each.${name}: an element of a mapped group cannot be mapped over`);
  if (handle) {
    if (handle.key !== undefined || handle.path.length > 0 || handle.stream) {
      throw badDag(place, `each.${name}: only a whole result can be mapped over; let a task return the list by itself`);
    }
    return { name, from: "task", task: taskBehind(declaration, handle, place).index };
  }
  if (ref?.kind === "param") return { name, from: "param", param: ref.name };
  const length = ref ? undefined : lengthOf(value);
  if (length === undefined)
    throw badDag(place, `each.${name}: needs a list, a set, a map, a task that returns one, or a param`);
  return { name, from: "literal", length };
}
