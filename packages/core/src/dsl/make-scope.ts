import { badDag, siteOf, type Place } from "./build-error.ts";
import { checkOptions, CHECKS } from "./check-options.ts";
import type { AnyTaskOptions, Declaration, DeclaredGroup, Edges } from "./declaration.ts";
import { declareEach, refuseNestedMapping } from "./declare-each.ts";
import { claimId, declareTask, prefixed, type TaskCall } from "./declare-task.ts";
import { connectRoots } from "./group-edges.ts";
import { makeHandle, makeRef, type Handle, type HandleSource } from "./handle.ts";
import { makeBranch, markGroup } from "./marks.ts";
import type { GroupOptions } from "./options.ts";
import { addAfter } from "./resolve-upstream.ts";
import type { Scope } from "./scope.ts";
import { checkDefaults } from "./task-options.ts";

type VerbSpec = Pick<TaskCall, "verb" | "kind" | "role" | "operatorName">;
type Verb = (id: string, ...rest: readonly unknown[]) => unknown;

const VERBS: readonly VerbSpec[] = [
  { verb: "task", kind: "task", role: "work", operatorName: "FunctionOperator" },
  { verb: "map", kind: "task", role: "work", operatorName: "FunctionOperator" },
  { verb: "branch", kind: "branch", role: "work", operatorName: "BranchOperator" },
  { verb: "shortCircuit", kind: "shortCircuit", role: "work", operatorName: "ShortCircuitOperator" },
  { verb: "sensor", kind: "sensor", role: "work", operatorName: "FunctionSensor" },
  { verb: "setup", kind: "task", role: "setup", operatorName: "FunctionOperator" },
  { verb: "teardown", kind: "task", role: "teardown", operatorName: "FunctionOperator" },
];

/** Makes the verbs that declare into `declaration`, in a group or at the top. */
export function makeScope(declaration: Declaration, group?: number): Scope<never> {
  const verbs: Record<string, unknown> = {};
  for (const spec of VERBS) verbs[spec.verb] = makeVerb(declaration, group, spec);
  verbs.empty = makeBodyless(declaration, group, {
    verb: "empty",
    kind: "empty",
    role: "work",
    operatorName: "EmptyOperator",
  });
  verbs.latestOnly = makeBodyless(declaration, group, {
    verb: "latestOnly",
    kind: "shortCircuit",
    role: "work",
    operatorName: "LatestOnlyOperator",
  });
  verbs.group = makeGroupVerb(declaration, group, "group");
  verbs.mapGroup = makeGroupVerb(declaration, group, "mapGroup");
  verbs.params = Object.fromEntries(
    Object.keys(declaration.options.params ?? {}).map((name) => [name, makeRef({ kind: "param", name })]),
  );
  return Object.freeze(verbs) as unknown as Scope<never>;
}

function makeVerb(declaration: Declaration, group: number | undefined, spec: VerbSpec): Verb {
  const verb: Verb = (id, ...rest) => {
    const [options, body] = rest.length > 1 ? rest : [{}, rest[0]];
    return declare(declaration, { ...spec, id, options: options as AnyTaskOptions, body, group, site: siteOf(verb) });
  };
  return verb;
}

function makeBodyless(declaration: Declaration, group: number | undefined, spec: VerbSpec): Verb {
  const verb: Verb = (id, options = {}) => {
    const isLatest = spec.verb === "latestOnly";
    const own = { ...(options as AnyTaskOptions), ...(isLatest && { respectTriggerRules: true }) };
    const body = (_: unknown, ctx: { readonly isLatest: boolean }): boolean | null => (isLatest ? ctx.isLatest : null);
    return declare(declaration, {
      ...spec,
      verb: isLatest ? "shortCircuit" : spec.verb,
      id,
      options: own,
      body,
      group,
      site: siteOf(verb),
    });
  };
  return verb;
}

function declare(declaration: Declaration, call: TaskCall): Handle<unknown> {
  if (typeof call.options !== "object" || call.options === null) {
    throw badDag(
      { dagId: declaration.dagId, taskId: String(call.id), site: call.site },
      `${call.verb}(id, options, body): the options must be an object`,
    );
  }
  const { taskId } = declareTask(declaration, call);
  const source: HandleSource = { kind: "result", taskId, stream: false, path: [], builder: declaration };
  return call.kind === "branch" ? makeBranch(taskId, source) : makeHandle(taskId, source);
}

function makeGroupVerb(declaration: Declaration, parent: number | undefined, name: "group" | "mapGroup"): Verb {
  const verb: Verb = (id, ...rest) => {
    const [options, build] = (rest.length > 1 ? rest : [{}, rest[0]]) as [
      GroupOptions & { readonly each?: object },
      unknown,
    ];
    const place: Place = { dagId: declaration.dagId, groupId: String(id), site: siteOf(verb) };
    if (typeof build !== "function") throw badDag(place, `${name}() needs a function as its last argument`);
    const group = declareGroup(declaration, { id, parent, options, isMapped: name === "mapGroup" }, place);
    const items = Object.keys(options.each ?? {}).map((item) => [item, itemHandle(declaration, group, item)]);
    const returned = (build as (scope: unknown, items: object) => unknown)(
      makeScope(declaration, group.index),
      Object.fromEntries(items) as object,
    );
    refusePromise(returned, place);
    connectRoots(declaration, group.index);
    return markGroup(returned, group.index, declaration);
  };
  return verb;
}

interface GroupCall {
  readonly id: string;
  readonly parent?: number;
  readonly options: GroupOptions & { readonly each?: object };
  readonly isMapped: boolean;
}

const GROUP_CHECKS = { after: CHECKS.list, defaults: CHECKS.record, prefix: CHECKS.flag, tooltip: CHECKS.text };

function declareGroup(declaration: Declaration, call: GroupCall, place: Place): DeclaredGroup {
  const { options, parent } = call;
  const groupId = prefixed(declaration, parent, call.id);
  claimId(declaration, groupId, place);
  checkOptions(options, call.isMapped ? { ...GROUP_CHECKS, each: CHECKS.record } : GROUP_CHECKS, place);
  checkDefaults(options.defaults ?? {}, place);
  const after: Edges = new Map();
  addAfter(declaration, after, options.after, place);
  if (call.isMapped) refuseNestedMapping(declaration, parent, place);
  const each = call.isMapped ? declareEach(declaration, options.each ?? {}, after, place) : undefined;
  const group: DeclaredGroup = {
    index: declaration.groups.length,
    groupId,
    parent,
    prefix: options.prefix ?? true,
    tooltip: options.tooltip,
    defaults: options.defaults ?? {},
    each,
    after,
    site: place.site ?? {},
  };
  declaration.groups.push(group);
  return group;
}

function itemHandle(declaration: Declaration, group: DeclaredGroup, name: string): Handle<unknown> {
  return makeHandle(`${group.groupId}.${name}`, {
    kind: "item",
    name,
    groupId: group.groupId,
    path: [],
    builder: declaration,
  });
}

/** Refuses builders that are async: what they declare later would be lost. */
export function refusePromise(returned: unknown, place: Place): void {
  if (typeof returned !== "object" || returned === null || !("then" in returned)) return;
  // The promise is not used any more; its rejection must not end the process.
  void Promise.resolve(returned).catch(() => undefined);
  throw badDag(place, "the builder is async: declare tasks synchronously, and do what takes time inside a task");
}
