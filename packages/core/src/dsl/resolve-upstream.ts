import type { GraphInput } from "../graph/graph.ts";
import { badDag, type Place } from "./build-error.ts";
import { addEdge, isInside, mappedGroup, type Declaration, type DeclaredTask, type Edges } from "./declaration.ts";
import { groupIndexOf, choiceOf } from "./marks.ts";
import { handleSource, type HandleSource } from "./handle.ts";
import { leavesOf } from "./group-edges.ts";

/** The task behind a handle of a result. @throws MillraceError BAD_DAG when it belongs to another DAG or another build. */
export function taskBehind(
  declaration: Declaration,
  source: HandleSource & { readonly kind: "result" },
  place: Place,
): DeclaredTask {
  const task = source.builder === declaration ? declaration.byId.get(source.taskId) : undefined;
  if (task) return task;
  throw badDag(
    place,
    `it uses ${source.taskId}, which is a task of another DAG: handles work inside one dag() only; use an asset or a sensor between DAGs`,
  );
}

/** Adds the edges that `after` asks for. */
export function addAfter(
  declaration: Declaration,
  edges: Edges,
  after: readonly unknown[] | undefined,
  place: Place,
): void {
  if (after === undefined) return;
  if (!Array.isArray(after)) throw badDag(place, "after: needs a list, for example after: [first]");
  for (const [position, upstream] of after.entries()) {
    const group = groupIndexOf(upstream, declaration);
    const choice = choiceOf(upstream);
    const source = handleSource(choice ? choice.branch : upstream);
    if (group !== undefined)
      for (const [task, edge] of leavesOf(declaration, group)) addEdge(edges, task, { ...edge, via: "order" });
    else if (source?.kind === "result")
      addEdge(edges, taskBehind(declaration, source, place).index, {
        via: "order",
        ...(choice && { choices: [...choice.keys] }),
      });
    else throw badDag(place, `after[${position}] is not a task, a group or route.on("key")`);
  }
}

/** How `reader` (in `group`) gets the value of a handle, and the edge that comes with it. `undefined` for an element of the mapped group around it. */
export function inputOf(
  declaration: Declaration,
  source: HandleSource,
  group: number | undefined,
  place: Place,
): GraphInput | undefined {
  if (source.kind === "item") {
    const owner =
      source.builder === declaration
        ? declaration.groups.findIndex((candidate) => candidate.groupId === source.groupId)
        : -1;
    if (owner >= 0 && isInside(declaration, group, owner)) return undefined;
    throw badDag(
      place,
      `the element ${source.name} of group ${source.groupId} exists only inside that group: return what you need from its builder`,
    );
  }
  const task = taskBehind(declaration, source, place);
  const own = mappedGroup(declaration, group);
  const theirs = mappedGroup(declaration, task.group);
  const isMany = task.each !== undefined || (theirs >= 0 && theirs !== own);
  return {
    task: task.index,
    join: source.stream ? "stream" : isMany ? "list" : "value",
    ...(source.key !== undefined && { key: source.key }),
  };
}
