import { expect, test } from "vitest";
import { aCompiledGraph, aTask } from "./testing/a-graph.ts";
import { World } from "./testing/world.ts";

test("a chain runs one task after the other, each queued in the commit that ends the one before (R1)", () => {
  const world = new World(aCompiledGraph([aTask("a"), aTask("b", { after: ["a"] }), aTask("c", { after: ["b"] })]));
  expect(world.states()).toEqual({ a: "queued", b: "none", c: "none" });
  world.plan(world.started("a"));
  world.end("a");
  expect(world.states()).toEqual({ a: "success", b: "queued", c: "none" });
  expect(world.commits.at(-1)?.instances.map((change) => [change.kind, change.taskId])).toEqual([
    ["end", "a"],
    ["queue", "b"],
  ]);
  world.finish();
  expect(world.run.head).toMatchObject({ state: "success", version: 5 });
  expect(world.rows.history).toEqual([]);
});
