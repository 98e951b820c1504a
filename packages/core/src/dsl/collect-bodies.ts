import type { DagCallback, TaskCallback } from "../graph/graph.ts";
import { listsOf } from "../graph/lists-of.ts";
import type { Body, MappedOver } from "./body.ts";
import { listCallbacks, type Callback } from "./callback.ts";
import { mappedGroup, type Declaration, type DeclaredEach, type DeclaredTask } from "./declaration.ts";
import { operatorCall } from "./operator.ts";
import type { DagOptions } from "./options.ts";
import { findSources } from "./walk-values.ts";

/** The code of every task, by id. */
export function collectBodies(declaration: Declaration): ReadonlyMap<string, Body> {
  const mappedOver = findMappedOver(declaration);
  return new Map(declaration.tasks.map((task) => [task.taskId, bodyOf(declaration, task, mappedOver.get(task.index))]));
}

/** The callbacks of a DAG, by event. */
export function collectDagCallbacks(options: DagOptions<object>): Readonly<Record<DagCallback, readonly Callback[]>> {
  return {
    success: listCallbacks(options.onSuccess),
    failure: listCallbacks(options.onFailure),
    deadline: listCallbacks(options.onDeadlineMissed),
  };
}

/** The callbacks of a task, by event. */
export function collectTaskCallbacks(task: DeclaredTask): Readonly<Record<TaskCallback, readonly Callback[]>> {
  const { onExecute, onSuccess, onFailure, onRetry, onSkip } = task.options;
  return {
    execute: listCallbacks(onExecute),
    success: listCallbacks(onSuccess),
    failure: listCallbacks(onFailure),
    retry: listCallbacks(onRetry),
    skip: listCallbacks(onSkip),
  };
}

/** Task → what is mapped over of its result. */
function findMappedOver({ tasks, groups }: Declaration): ReadonlyMap<number, MappedOver> {
  const found = new Map<number, MappedOver>();
  const add = (by: string, each: DeclaredEach | undefined): void => {
    for (const list of each?.sources.flatMap(listsOf) ?? []) {
      if (list.from !== "task" || found.has(list.task)) continue;
      const { task, key, path = [] } = list;
      found.set(task, { by, path, ...(key !== undefined && { key }) });
    }
  };
  for (const { taskId, each } of tasks) add(taskId, each);
  for (const { groupId, each } of groups) add(groupId, each);
  return found;
}

function bodyOf(declaration: Declaration, task: DeclaredTask, mappedOver: MappedOver | undefined): Body {
  const operator = operatorCall(task.body);
  const values = (operator ? operator.options : (task.options.input ?? {})) as Readonly<Record<string, unknown>>;
  const each = task.each ?? declaration.groups[mappedGroup(declaration, task.group)]?.each;
  const { mapName, params = {}, triggers = {}, runIf, skipIf, preExecute, postExecute } = task.options;
  return {
    taskId: task.taskId,
    kind: task.kind,
    operatorName: operator?.spec.name ?? task.operatorName,
    isOperator: operator !== undefined,
    values,
    sources: findSources(values, operator ? "all" : "lists", operator?.spec),
    eachNames: task.each?.sources.map((source) => source.name) ?? [],
    lists: each?.lists ?? {},
    ...(each && "fill" in each && { fill: each.fill }),
    // Of a mapped task the instances' results are mapped over, whatever each of them is.
    ...(mappedOver !== undefined && each === undefined && { mappedOver }),
    ...(operator?.spec.schema && { schema: operator.spec.schema }),
    ...(mapName !== undefined && { mapName }),
    params,
    ...(runIf && { runIf }),
    ...(skipIf && { skipIf }),
    ...(preExecute && { preExecute }),
    ...(postExecute && { postExecute }),
    triggers: { ...operator?.spec.triggers, ...triggers },
    callbacks: collectTaskCallbacks(task),
    run: (operator ? operator.spec.run : task.body) as Body["run"],
  };
}
