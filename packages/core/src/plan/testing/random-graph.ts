import fc from "fast-check";
import type { Graph } from "../../graph/graph.ts";
import { TRIGGER_RULES } from "../../model/trigger-rule.ts";
import { aGraph, type TaskSpec } from "./a-graph.ts";

const MOST_TASKS = 8;

interface Pick {
  readonly above: readonly number[];
  readonly rule: number;
  readonly kind: number;
  readonly map: number;
  readonly inGroup: boolean;
  readonly retries: number;
  readonly keys: number;
}

const picks: fc.Arbitrary<Pick> = fc.record({
  above: fc.array(fc.nat(), { maxLength: 3 }),
  rule: fc.nat({ max: 30 }),
  kind: fc.nat({ max: 9 }),
  map: fc.nat({ max: 11 }),
  inGroup: fc.boolean(),
  retries: fc.nat({ max: 2 }),
  keys: fc.nat({ max: 3 }),
});

/** A random DAG: rules, branches, short circuits, mapping over lists and tasks, one mapped group, one setup with its teardown. */
export const randomGraphs: fc.Arbitrary<Graph> = fc
  .record({
    tasks: fc.array(picks, { minLength: 1, maxLength: MOST_TASKS }),
    list: fc.nat({ max: 5 }),
    hasGroup: fc.boolean(),
    setup: fc.option(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { freq: 2, nil: undefined }),
    failFast: fc.nat({ max: 5 }).map((n) => n === 0),
  })
  .map(({ tasks, list, hasGroup, setup, failFast }) => {
    const specs = tasks.map((pick, index) => specOf(pick, index, tasks));
    const grouped = hasGroup ? withGroup(specs, tasks, list) : { specs, over: 0 };
    const scoped = setup ? withSetup(grouped.specs, setup) : grouped.specs;
    const final = failFast
      ? scoped.map((spec) => (spec.teardown ? spec : { ...spec, triggerRule: "all_success" as const }))
      : scoped;
    return aGraph(final, { failFast, ...(hasGroup && { groups: [{ groupId: "g", over: grouped.over }] }) });
  });

function specOf(pick: Pick, index: number, all: readonly Pick[]): TaskSpec {
  const above = index === 0 ? [] : [...new Set(pick.above.map((at) => at % index))];
  const after = above.map((at) =>
    kindOf(all[at]) === "branch" && pick.keys > 0 ? `t${at}:${["x", "y", "x|y"][pick.keys - 1]}` : `t${at}`,
  );
  const rules = TRIGGER_RULES.filter((rule) => rule !== "all_done_setup_success");
  return {
    taskId: `t${index}`,
    after,
    kind: kindOf(pick),
    retries: pick.retries,
    ...(kindOf(pick) === "shortCircuit" && { respectTriggerRules: pick.keys > 1 }),
    ...(pick.rule < rules.length && { triggerRule: rules[pick.rule] }),
    ...overOf(pick, index),
  };
}

function kindOf({ kind }: Pick): "task" | "empty" | "branch" | "shortCircuit" {
  return (["empty", "branch", "branch", "shortCircuit"] as const)[kind] ?? "task";
}

function overOf({ map }: Pick, index: number): Partial<TaskSpec> {
  if (map < 3) return { over: map };
  if (map < 6 && index > 0) return { over: `t${(map * 7) % index}` };
  if (map === 6 && index > 0) return { over: [2, `t${index - 1}`], mode: "zip" };
  return {};
}

/** Tasks that asked for it, after the first of them, come into a mapped group; its list is a number or a task before all of them. */
function withGroup(
  specs: readonly TaskSpec[],
  picked: readonly Pick[],
  list: number,
): { readonly specs: readonly TaskSpec[]; readonly over: number | string } {
  const first = picked.findIndex(({ inGroup }) => inGroup);
  const over = list < 3 || first < 1 ? list % 3 : `t${list % first}`;
  const inside = new Set(picked.flatMap(({ inGroup }, index) => (inGroup ? [`t${index}`] : [])));
  const grouped = specs.map((spec, index) => {
    if (!picked[index].inGroup) return spec;
    const { over: _over, mode: _mode, ...rest } = spec;
    const isRoot = !(spec.after ?? []).some((text) => inside.has(text.split(":")[0]));
    const after =
      typeof over === "string" && isRoot
        ? [...new Set([...(spec.after ?? []).filter((text) => text.split(":")[0] !== over), over])]
        : spec.after;
    return { ...rest, after: after ?? [], group: "g" };
  });
  return { specs: grouped, over };
}

/** One task becomes a setup, a teardown of it comes last; the scope is what lies between. */
function withSetup(
  specs: readonly TaskSpec[],
  [at, pick, onFailureFailRun]: readonly [number, number, boolean],
): readonly TaskSpec[] {
  const setup = specs[at % specs.length];
  const above = ancestors(specs);
  const below = specs.filter((spec) => above.get(spec.taskId)?.has(setup.taskId));
  const last = below.length === 0 ? [] : [below[pick % below.length].taskId];
  const between = new Set(last.flatMap((taskId) => [taskId, ...(above.get(taskId) ?? [])]));
  const scoped = specs.map((spec): TaskSpec => {
    if (spec === setup) return { ...spec, kind: "task", setup: true };
    const isInScope = between.has(spec.taskId) && above.get(spec.taskId)?.has(setup.taskId);
    const isDirect = (spec.after ?? []).some((text) => text.split(":")[0] === setup.taskId);
    return {
      ...spec,
      after: (spec.after ?? []).map((text) => (text.startsWith(`${setup.taskId}:`) ? setup.taskId : text)),
      ...(isDirect && { triggerRule: "all_success" as const }),
      ...(isInScope && { setups: [setup.taskId] }),
    };
  });
  const group =
    setup.group !== undefined &&
    last.every((taskId) => specs.find((spec) => spec.taskId === taskId)?.group !== undefined)
      ? { group: setup.group }
      : {};
  return [
    ...scoped,
    { taskId: "down", teardown: true, setups: [setup.taskId], after: last, onFailureFailRun, ...group },
  ];
}

function ancestors(specs: readonly TaskSpec[]): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, Set<string>>();
  for (const { taskId, after = [], over } of specs) {
    const lists = (Array.isArray(over) ? over : [over]).filter((list): list is string => typeof list === "string");
    const direct = [...after.map((text) => text.split(":")[0]), ...lists];
    known.set(taskId, new Set(direct.flatMap((up) => [up, ...(known.get(up) ?? [])])));
  }
  return known;
}
