import fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph } from "../graph/graph.ts";
import { TRIGGER_RULES } from "../model/trigger-rule.ts";
import type { RunEvent } from "./events.ts";
import { finalsOf, play } from "./testing/play.ts";
import { runAlone } from "./testing/random-endings.ts";
import { randomGraphs } from "./testing/random-graph.ts";
import { Reference } from "./testing/reference.ts";
import type { World } from "./testing/world.ts";

// MILLRACE_RANDOM_RUNS=20000 for a long search.
const numRuns = Number(process.env.MILLRACE_RANDOM_RUNS ?? 150);
const timeout = 10_000 + numRuns * 100;
const seed = fc.nat({ max: 2 ** 30 });

function judged(
  world: World,
  graph: Graph,
  endings: number,
): { readonly wrong: readonly string[]; readonly ambiguous: number } {
  const reference = new Reference(graph, finalsOf(world, graph), (task, mapIndex) =>
    runAlone(graph, endings, { task, mapIndex }),
  );
  const wrong = [...reference.findWrong()];
  if (world.run.head.state !== reference.runState())
    wrong.push(`the run is ${world.run.head.state}, right: ${reference.runState()}`);
  return { wrong, ambiguous: reference.ambiguous };
}

test("random graphs have everything that the rules are about", () => {
  const shapes = (graph: Graph): readonly string[] => [
    ...graph.tasks.flatMap(({ kind, triggerRule, each, setups, teardown, group }) => [
      kind,
      triggerRule,
      ...(each ? ["mapped"] : []),
      ...(setups ? ["in a scope"] : []),
      ...(teardown ? ["teardown"] : []),
      ...(teardown && group !== undefined ? ["teardown in a mapped group"] : []),
    ]),
    ...(graph.groups.some(({ each }) => each) ? ["mapped group"] : []),
    ...(graph.dag.failFast && graph.tasks.some(({ teardown }) => teardown) ? ["fails fast with a teardown"] : []),
  ];
  const seen = Map.groupBy(fc.sample(randomGraphs, 500).flatMap(shapes), (shape) => shape);
  const wanted = [
    ...["task", "empty", "branch", "shortCircuit", ...TRIGGER_RULES],
    ...["mapped", "mapped group", "in a scope", "teardown", "teardown in a mapped group", "fails fast with a teardown"],
  ];
  expect(wanted.filter((shape) => (seen.get(shape)?.length ?? 0) < 10)).toEqual([]);
});

test("every run ends, and every instance in a state that the slow reference allows", { timeout }, () => {
  fc.assert(
    fc.property(randomGraphs, seed, seed, (graph, endings, order) => {
      const world = play({ graph, endings, order });
      expect(judged(world, graph, endings).wrong).toEqual([]);
    }),
    { numRuns },
  );
});

test("order and batching make no difference where the rules allow one state alone", { timeout }, () => {
  let compared = 0;
  fc.assert(
    fc.property(randomGraphs, seed, seed, seed, (graph, endings, order, other) => {
      if (graph.dag.failFast) return;
      const world = play({ graph, endings, order });
      if (judged(world, graph, endings).ambiguous > 0) return;
      compared += 1;
      expect(play({ graph, endings, order: other }).states()).toEqual(world.states());
    }),
    { numRuns },
  );
  expect(compared).toBeGreaterThan(numRuns / 3);
});

test("a run that is cleared in the middle, with all below, ends as the rules say of what ran last", { timeout }, () => {
  fc.assert(
    fc.property(randomGraphs, seed, seed, (graph, endings, order) => {
      let clears = 0;
      const world = play({
        graph,
        endings,
        order,
        disturb: (live, random) => {
          if ((clears += 1) > 3) return;
          live.tick([{ kind: "clear", select: { taskIds: [anyTask(graph, random)], downstream: true }, by: "user:a" }]);
        },
      });
      if (graph.dag.failFast || graph.tasks.some(({ setups }) => setups)) return;
      // What ran is taken as it was seen: a later try ends in its own way.
      const seen = new Reference(graph, finalsOf(world, graph), (task, mapIndex) => {
        const { state, tryNumber } = world.rows.row(graph.tasks[task].taskId, mapIndex)!;
        return { state: tryNumber > 0 ? state : "none", tries: tryNumber };
      });
      expect(seen.findWrong(true)).toEqual([]);
    }),
    { numRuns },
  );
});

test("whatever people clear and mark, the run ends and no invariant breaks", { timeout }, () => {
  fc.assert(
    fc.property(randomGraphs, seed, seed, (graph, endings, order) => {
      let wishes = 0;
      play({
        graph,
        endings,
        order,
        disturb: (world, random) => void ((wishes += 1) <= 5 && world.tick([wish(graph, random)])),
      });
    }),
    { numRuns },
  );
});

function anyTask(graph: Graph, random: () => number): string {
  return graph.tasks[Math.floor(random() * graph.tasks.length)].taskId;
}

function wish(graph: Graph, random: () => number): RunEvent {
  const select = {
    taskIds: [anyTask(graph, random)],
    downstream: random() < 0.4,
    upstream: random() < 0.2,
    onlyFailed: random() < 0.2,
    onlyRunning: random() < 0.2,
    ...(random() < 0.3 && { mapIndexes: [Math.floor(random() * 3)] }),
  };
  const by = "user:a";
  const roll = random();
  if (roll < 0.5) return { kind: "clear", select, by };
  if (roll < 0.8)
    return {
      kind: "markTasks",
      select,
      state: (["success", "failed", "skipped"] as const)[Math.floor(random() * 3)],
      by,
    };
  return { kind: "markRun", state: (["success", "failed", "queued"] as const)[Math.floor(random() * 3)], by };
}
