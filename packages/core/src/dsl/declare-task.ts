import type { GraphInput, GraphTask } from "../graph/graph.ts";
import { badDag, type Place, type Site } from "./build-error.ts";
import {
  addEdge,
  checkId,
  type AnyTaskOptions,
  type Declaration,
  type DeclaredTask,
  type Edges,
} from "./declaration.ts";
import { declareEach, refuseNestedMapping } from "./declare-each.ts";
import { operatorCall } from "./operator.ts";
import { checkTaskOptions, withDefaults } from "./task-options.ts";
import { addAfter, inputOf, taskBehind } from "./resolve-upstream.ts";
import { connectTeardown } from "./setup-scopes.ts";
import { handleSource } from "./handle.ts";
import { findSources, inputName, type FoundSource } from "./walk-values.ts";

/** One call of a verb. */
export interface TaskCall {
  readonly verb: string;
  readonly id: string;
  readonly kind: GraphTask["kind"];
  readonly role: DeclaredTask["role"];
  readonly operatorName: string;
  readonly options: AnyTaskOptions;
  readonly body: unknown;
  readonly group?: number;
  readonly site: Site;
}

/** Adds a task to the DAG. @throws MillraceError BAD_DAG naming the task and the line. */
export function declareTask(declaration: Declaration, call: TaskCall): DeclaredTask {
  const place: Place = { dagId: declaration.dagId, taskId: String(call.id), site: call.site };
  checkId(call.id, place);
  const taskId = prefixed(declaration, call.group, call.id);
  claimId(declaration, taskId, { ...place, taskId });
  checkBody(call, place);
  checkTaskOptions(call.verb, call.options, place);
  const edges: Edges = new Map();
  addAfter(declaration, edges, call.options.after, place);
  const inputs = declareInputs(declaration, call, edges, place);
  if (call.options.each) refuseNestedMapping(declaration, call.group, place);
  const each = call.options.each && declareEach(declaration, call.options.each, edges, place);
  const ends = call.role === "teardown" ? endedSetups(declaration, call.options, place) : undefined;
  if (ends) connectTeardown(declaration, edges, ends);
  const task: DeclaredTask = {
    index: declaration.tasks.length,
    taskId,
    kind: call.kind,
    role: call.role,
    operatorName: call.operatorName,
    own: call.options,
    options: withDefaults(declaration, call.group, call.options),
    body: call.body,
    group: call.group,
    site: call.site,
    edges,
    inputs,
    each,
    ends,
  };
  declaration.tasks.push(task);
  declaration.byId.set(taskId, task);
  return task;
}

/** The id with the prefix of its group. */
export function prefixed(declaration: Declaration, group: number | undefined, id: string): string {
  const parent = group === undefined ? undefined : declaration.groups[group];
  return parent?.prefix ? `${parent.groupId}.${id}` : id;
}

/** Takes an id for a task or group. @throws MillraceError BAD_DAG when it is taken or too long with its prefix. */
export function claimId(declaration: Declaration, id: string, place: Place): void {
  checkId(id, place);
  if (declaration.byId.has(id)) throw badDag(place, `the id ${id} is used twice: give one of the two another id`);
  declaration.byId.set(id, undefined);
}

function checkBody(call: TaskCall, place: Place): void {
  if (call.kind === "empty") return;
  const operator = operatorCall(call.body);
  if (!operator && typeof call.body !== "function")
    throw badDag(place, `${call.verb}() needs a function or an operator as its last argument`);
  if (operator?.spec.kind === "sensor" && call.kind !== "sensor") {
    throw badDag(
      place,
      `${operator.spec.name} waits for something: declare it with sensor("${call.id}", { timeout: "1h" }, …)`,
    );
  }
  if (operator && call.options.input)
    throw badDag(place, `${operator.spec.name} takes no input: pass handles in its options`);
}

function declareInputs(
  declaration: Declaration,
  call: TaskCall,
  edges: Edges,
  place: Place,
): Readonly<Record<string, GraphInput>> {
  const operator = operatorCall(call.body);
  const found = operator ? findSources(operator.options, "all") : findSources(call.options.input ?? {}, "lists");
  const inputs: Record<string, GraphInput> = {};
  for (const source of found) {
    const name = inputName(source.path, operator !== undefined);
    if (name in inputs) throw badDag(place, `two inputs are called ${name}: rename one of the fields`);
    const input =
      "handle" in source
        ? inputOf(declaration, source.handle, call.group, place)
        : checkRef(declaration, call, source, place);
    if (!input) continue;
    inputs[name] = input;
    addEdge(edges, input.task, { via: "data" });
  }
  for (const name of Object.keys(call.options.each ?? {})) {
    if (name in (call.options.input ?? {}))
      throw badDag(place, `${name} is in both each and input: rename one of them`);
  }
  return inputs;
}

function checkRef(
  declaration: Declaration,
  call: TaskCall,
  found: FoundSource & { readonly ref: unknown },
  place: Place,
): undefined {
  const { ref } = found as Extract<FoundSource, { ref: unknown }>;
  if (ref.kind === "item" && !Object.hasOwn(call.options.each ?? {}, ref.name)) {
    throw badDag(place, `item("${ref.name}") names nothing in each: it works in options of a mapped task only`);
  }
  if (
    ref.kind === "param" &&
    !Object.hasOwn(declaration.options.params ?? {}, ref.name) &&
    !Object.hasOwn(call.options.params ?? {}, ref.name)
  ) {
    throw badDag(place, `there is no param ${ref.name}: declare it under params of the DAG`);
  }
  return undefined;
}

function endedSetups(declaration: Declaration, options: AnyTaskOptions, place: Place): readonly number[] {
  const setups = options.setups ?? [];
  if (setups.length === 0) throw badDag(place, "a teardown needs setups: [the setup that it cleans up after]");
  return setups.map((handle) => {
    const source = handleSource(handle);
    const task = source?.kind === "result" ? taskBehind(declaration, source, place) : undefined;
    if (task?.role === "setup") return task.index;
    throw badDag(
      place,
      `setups: ${task ? `${task.taskId} is not a setup; declare it with setup()` : "takes handles that setup() returned"}`,
    );
  });
}
