import type { Graph, GraphTask } from "@millrace/api";
import { expect, test } from "vitest";
import { dagSource } from "./dag-source.model.ts";
import { dependenciesSource } from "./dependencies-source.model.ts";

const aTask = (taskId: string, more: Partial<GraphTask> = {}) =>
  ({ taskId, operator: "FunctionOperator", upstream: [], inlets: [], outlets: [], ...more }) as unknown as GraphTask;

const GRAPH = {
  tasks: [
    aTask("pick"),
    aTask("outer.inner.load", {
      group: 1,
      upstream: [{ task: 0, via: "order", choices: ["big", "small"] }],
      outlets: ["s3://orders"],
    }),
  ],
  groups: [
    { groupId: "outer", prefix: true, each: { mode: "product", sources: [] } },
    { groupId: "outer.inner", prefix: true, parent: 0 },
  ],
} as unknown as Graph;

test("names are shown without those of the groups around them, and choices stand on edges", () => {
  const { nodes, edges, groups } = dagSource(GRAPH, { withAssets: false });
  expect(nodes.map(({ id, label }) => [id, label])).toEqual([
    ["pick", "pick"],
    ["outer.inner.load", "load"],
  ]);
  expect(groups[1]).toMatchObject({ label: "inner", parent: "outer" });
  expect(edges).toEqual([{ from: "pick", to: "outer.inner.load", label: "big, small" }]);
});

test("tasks in a mapped group are mapped, however deep", () => {
  const { nodes } = dagSource(GRAPH, { withAssets: false });
  expect(nodes.map(({ isMapped }) => isMapped ?? false)).toEqual([false, true]);
});

test("assets are nodes only when they are wanted", () => {
  const { nodes, edges } = dagSource(GRAPH, { withAssets: true });
  expect(nodes.at(-1)).toMatchObject({ id: "asset:s3://orders", kind: "asset" });
  expect(edges.at(-1)).toEqual({ from: "outer.inner.load", to: "asset:s3://orders", isLoose: true });
});

test("an asset stands between the DAG that updates it and those that follow it", () => {
  const { nodes, edges } = dependenciesSource({
    dags: ["a", "b"],
    edges: [
      { from: "a", to: "b", via: "asset", taskId: "load", uri: "s3://orders" },
      { from: "b", to: "a", via: "sensor", taskId: "wait" },
    ],
    isPartial: false,
  });
  expect(nodes).toHaveLength(3);
  expect(edges).toEqual([
    { from: "dag:a", to: "asset:s3://orders", label: "load" },
    { from: "asset:s3://orders", to: "dag:b" },
    { from: "dag:b", to: "dag:a", label: "wait", isLoose: true },
  ]);
});
