import type { GraphEachSource, GraphList } from "../graph/graph.ts";
import { listsOf } from "../graph/lists-of.ts";
import { lengthOf } from "../values/elements.ts";
import type { EachList } from "./body.ts";
import { badDag, type Place } from "./build-error.ts";
import {
  addEdge,
  mappedGroup,
  type Declaration,
  type DeclaredEach,
  type DeclaredTask,
  type Edges,
} from "./declaration.ts";
import { handleSource, listSource, refSource, type ElementChange, type HandleSource } from "./handle.ts";
import { taskBehind } from "./resolve-upstream.ts";
import { zipOptions } from "./scope.ts";

/** One list of a source: as data, and as the worker needs it. */
interface ReadList {
  readonly graph: GraphList;
  readonly list: EachList;
}

/** Reads `each` and adds the edges to the tasks that it maps over. */
export function declareEach(declaration: Declaration, each: object, edges: Edges, place: Place): DeclaredEach {
  const names = Object.keys(each);
  if (names.length === 0) throw badDag(place, "each: names nothing to map over; write each: { name: list }");
  const read = Object.entries(each).map(
    ([name, value]) => [name, readLists(declaration, { name, value }, place)] as const,
  );
  const zipped = zipOptions(each);
  const mode = zipped ? ("fill" in zipped ? "zipLongest" : "zip") : "product";
  for (const list of read.flatMap(([, lists]) => lists))
    if (list.graph.from === "task") addEdge(edges, list.graph.task, { via: "data" });
  return {
    mode,
    sources: read.map(([name, lists]) => sourceOf(name, lists)),
    lists: Object.fromEntries(read.map(([name, lists]) => [name, lists.map(({ list }) => list)])),
    ...(zipped && "fill" in zipped && { fill: zipped.fill }),
  };
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

function sourceOf(name: string, lists: readonly ReadList[]): GraphEachSource {
  return lists.length === 1
    ? { name, ...lists[0].graph }
    : { name, from: "concat", parts: lists.map(({ graph }) => graph) };
}

interface Named {
  readonly name: string;
  readonly value: unknown;
}

function readLists(declaration: Declaration, { name, value }: Named, place: Place): readonly ReadList[] {
  const made = listSource(value);
  switch (made?.kind) {
    case undefined:
      return [readList(declaration, { name, value }, place)];
    case "concat":
      if (made.parts.length === 0) throw badDag(place, `each.${name}: concat() needs a list`);
      return made.parts.flatMap((part) => readLists(declaration, { name, value: part }, place));
    case "transform":
      return readLists(declaration, { name, value: made.of }, place).map(({ graph, list }) => ({
        graph,
        list: { ...list, changes: [...list.changes, made.change] },
      }));
    default:
      throw new Error(`unreachable: ${JSON.stringify(made satisfies never)}`);
  }
}

function readList(declaration: Declaration, { name, value }: Named, place: Place): ReadList {
  const changes: readonly ElementChange[] = [];
  const handle = handleSource(value);
  const ref = refSource(value);
  if (handle) return { graph: resultList(declaration, handle, { name, place }), list: { changes } };
  if (ref?.kind === "param") return { graph: { from: "param", param: ref.name }, list: { param: ref.name, changes } };
  const length = ref ? undefined : lengthOf(value);
  if (length === undefined)
    throw badDag(place, `each.${name}: needs a list, a set, a map, a task that returns one, or a param`);
  return { graph: { from: "literal", length }, list: { literal: value, changes } };
}

function resultList(
  declaration: Declaration,
  handle: HandleSource,
  { name, place }: { readonly name: string; readonly place: Place },
): GraphList {
  if (handle.kind === "item") throw badDag(place, `each.${name}: an element of a mapped group cannot be mapped over`);
  if (handle.stream) throw badDag(place, `each.${name}: a stream cannot be mapped over; map over the task itself`);
  const task = taskBehind(declaration, handle, place);
  const path = handle.path.filter((key) => typeof key !== "symbol");
  const isMapped = task.each !== undefined || mappedGroup(declaration, task.group) >= 0;
  if (path.length > 0 && isMapped)
    throw badDag(place, `each.${name}: ${task.taskId} is mapped; map over its results, and pick from them in the task`);
  const list: GraphList = {
    from: "task",
    task: task.index,
    ...(handle.key !== undefined && { key: handle.key }),
    ...(path.length > 0 && { path }),
  };
  if (!isMapped) refuseOtherPart(declaration, task, list, place);
  return list;
}

/** A task reports one length: that of the part of its result that is mapped over. */
function refuseOtherPart(declaration: Declaration, task: DeclaredTask, list: GraphList, place: Place): void {
  const readers = [
    ...declaration.tasks.map(({ taskId, each }) => ({ id: taskId, each })),
    ...declaration.groups.map(({ groupId, each }) => ({ id: groupId, each })),
  ];
  for (const { id, each } of readers) {
    for (const other of each?.sources.flatMap(listsOf) ?? []) {
      if (other.from !== "task" || other.task !== task.index) continue;
      if (list.from === "task" && partText(other) === partText(list)) return;
      throw badDag(
        place,
        `it maps over another part of ${task.taskId} than ${id} does: let a task of its own return one of the two lists`,
      );
    }
  }
}

function partText({ key, path = [] }: GraphList & { readonly from: "task" }): string {
  return JSON.stringify([key, path]);
}
