import fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph } from "../graph/graph.ts";
import { finalsOf, play } from "./testing/play.ts";
import { runAlone } from "./testing/random-endings.ts";
import { randomGraphs } from "./testing/random-graph.ts";
import { Reference } from "./testing/reference.ts";
import type { World } from "./testing/world.ts";

// MILLRACE_RANDOM_RUNS=20000 for a long search.
const numRuns = Number(process.env.MILLRACE_RANDOM_RUNS ?? 300);
const timeout = 10_000 + numRuns * 100;
const seed = fc.nat({ max: 2 ** 30 });

function judged(world: World, graph: Graph, endings: number): { readonly wrong: readonly string[]; readonly ambiguous: number } {
  const reference = new Reference(graph, finalsOf(world, graph), (task, mapIndex) => runAlone(graph, endings, { task, mapIndex }));
  const wrong = [...reference.findWrong()];
  if (world.run.head.state !== reference.runState()) wrong.push(`the run is ${world.run.head.state}, right: ${reference.runState()}`);
  return { wrong, ambiguous: reference.ambiguous };
}

test("every run ends, and every instance in a state that the slow reference allows", { timeout }, () => {
  fc.assert(
    fc.property(randomGraphs, seed, seed, (graph, endings, order) => {
      const world = play({ graph, endings, order });
      if (!graph.dag.failFast) expect(judged(world, graph, endings).wrong).toEqual([]);
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
