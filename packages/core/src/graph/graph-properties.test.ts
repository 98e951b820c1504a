import fc from "fast-check";
import { expect, test } from "vitest";
import { buildDag, dag } from "../dsl/dag.ts";
import type { Handle } from "../dsl/handle.ts";
import type { Choice, Upstream } from "../dsl/options.ts";
import type { Scope } from "../dsl/scope.ts";
import { compileGraph } from "./compiled-graph.ts";
import { effectivePriorities } from "./effective-priority.ts";
import type { Graph } from "./graph.ts";

/** One step of a random builder. `picks` choose among what is known where the step stands. */
interface Step {
  readonly verb: "task" | "branch" | "map" | "sensor" | "empty" | "group" | "mapGroup" | "setup" | "teardown";
  readonly picks: readonly number[];
  readonly asData: boolean;
  readonly inside: readonly Step[];
}

const { steps } = fc.letrec<{ step: Step; steps: readonly Step[] }>((tie) => ({
  step: fc.record({
    verb: fc.constantFrom<Step["verb"][]>(
      "task",
      "task",
      "task",
      "branch",
      "map",
      "sensor",
      "empty",
      "group",
      "mapGroup",
      "setup",
      "teardown",
    ),
    picks: fc.array(fc.nat(), { maxLength: 3 }),
    asData: fc.boolean(),
    inside: fc.oneof({ maxDepth: 3, depthIdentifier: "groups" }, fc.constant([]), tie("steps")),
  }),
  steps: fc.array(tie("step"), { maxLength: 8, depthIdentifier: "groups" }),
}));

const nothing = (): null => null;

/** Declares random steps with everything that is in reach. */
function declareSteps(
  scope: Scope,
  todo: readonly Step[],
  known: {
    readonly upstream: Upstream[];
    readonly handles: Handle<unknown>[];
    readonly setups: Handle<unknown>[];
    readonly isMapped: boolean;
  },
): void {
  todo.forEach((step, index) => {
    const id = `s${index}`;
    const pick = <T>(from: readonly T[]): readonly T[] =>
      from.length === 0 ? [] : step.picks.map((at) => from[at % from.length]);
    const after = pick(known.upstream);
    const input = step.asData ? Object.fromEntries(pick(known.handles).map((handle, at) => [`i${at}`, handle])) : {};
    const inside = (inner: Scope, isMapped: boolean): void =>
      declareSteps(inner, step.inside, {
        ...known,
        handles: [...known.handles],
        upstream: [...known.upstream],
        isMapped,
      });
    const remember = (handle: Handle<unknown>): void => void (known.handles.push(handle), known.upstream.push(handle));
    switch (step.verb) {
      case "task":
        return remember(scope.task(id, { after, input }, nothing));
      case "branch": {
        const route = scope.branch<"x" | "y">(id, { after, input }, () => "x");
        known.upstream.push(route.on("x") satisfies Choice, route.on("y"));
        return remember(route);
      }
      case "map":
        return known.isMapped
          ? undefined
          : remember(
              scope.map(
                id,
                { each: { e: (pick(known.handles)[0] ?? [1, 2]) as unknown as readonly unknown[] }, after },
                nothing,
              ),
            );
      case "sensor":
        return remember(scope.sensor(id, { after, input, timeout: "1h" }, nothing));
      case "empty":
        return remember(scope.empty(id, { after }));
      case "setup": {
        const made = scope.setup(id, { after }, nothing);
        known.setups.push(made);
        return remember(made);
      }
      case "teardown":
        return known.setups.length === 0
          ? undefined
          : void scope.teardown(
              id,
              { setups: pick(known.setups).length > 0 ? pick(known.setups) : [known.setups[0]], after: [] },
              nothing,
            );
      case "group":
        return void known.upstream.push(scope.group(id, { after }, (inner) => inside(inner, known.isMapped)));
      case "mapGroup":
        return known.isMapped
          ? undefined
          : void known.upstream.push(
              scope.mapGroup(id, { each: { e: [1, 2, 3] }, after }, (inner) => inside(inner as Scope, true)),
            );
      default:
        throw new Error(`unreachable: ${step.verb satisfies never}`);
    }
  });
}

const graphs = steps.map(
  (todo): Graph =>
    buildDag(
      dag("random", (scope) =>
        declareSteps(scope as Scope, todo, { upstream: [], handles: [], setups: [], isMapped: false }),
      ),
    ).graph,
);

test("whatever is built is in topological order and its indexes agree", () => {
  let edges = 0;
  fc.assert(
    fc.property(graphs, (graph) => {
      const { tasks, groups } = graph;
      expect(new Set([...tasks.map((task) => task.taskId), ...groups.map((group) => group.groupId)]).size).toBe(
        tasks.length + groups.length,
      );
      tasks.forEach((task, index) => {
        const upstream = task.upstream.map((edge) => edge.task);
        edges += upstream.length;
        expect(upstream.every((above) => above >= 0 && above < index)).toBe(true);
        expect(upstream).toEqual([...new Set(upstream)].sort((a, b) => a - b));
        const read = [
          ...Object.values(task.inputs).map((input) => input.task),
          ...(task.each?.sources ?? []).flatMap((source) => (source.from === "task" ? [source.task] : [])),
        ];
        expect(read.every((above) => task.upstream.some((edge) => edge.task === above && edge.via === "data"))).toBe(
          true,
        );
        expect((task.setups ?? []).every((setup) => setup < index && tasks[setup].setup === true)).toBe(true);
        if (task.group !== undefined) expect(task.taskId.startsWith(`${groups[task.group].groupId}.`)).toBe(true);
      });
      groups.forEach((group, index) => expect(group.parent ?? -1).toBeLessThan(index));
    }),
    { numRuns: 300 },
  );
  expect(edges).toBeGreaterThan(300);
});

test("a graph survives JSON, and the plan can compile it", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
      expect(compileGraph(graph).indexOf.size).toBe(graph.tasks.length);
    }),
  );
});

test("the effective weight is that of all distinct tasks below or above, as counting them one by one gives", () => {
  const weighted = fc.array(
    fc.record({
      weight: fc.integer({ min: -5, max: 20 }),
      rule: fc.constantFrom("downstream", "upstream", "absolute"),
      picks: fc.array(fc.nat(), { maxLength: 4 }),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(weighted, (raw) => {
      const tasks = raw.map(({ weight, rule, picks }, index) => ({
        weight,
        rule,
        upstream: index === 0 ? [] : [...new Set(picks.map((at) => at % index))],
      }));
      const above = tasks.map(({ upstream }, _index) => new Set(upstream));
      tasks.forEach((_, index) => [...above[index]].forEach((up) => above[up].forEach((far) => above[index].add(far))));
      const sum = (indexes: readonly number[]): number => indexes.reduce((total, at) => total + tasks[at].weight, 0);
      const expected = tasks.map(({ weight, rule }, index) => {
        if (rule === "absolute") return weight;
        return (
          weight +
          sum(rule === "upstream" ? [...above[index]] : [...tasks.keys()].filter((other) => above[other].has(index)))
        );
      });
      expect(effectivePriorities(tasks)).toEqual(expected);
    }),
  );
});

test("weights are right beyond one block of tasks", () => {
  const chain = Array.from({ length: 2_500 }, (_, index) => ({
    weight: 1,
    rule: "downstream" as const,
    upstream: index === 0 ? [] : [index - 1],
  }));
  expect(effectivePriorities(chain)).toEqual(chain.map((_, index) => 2_500 - index));
});
