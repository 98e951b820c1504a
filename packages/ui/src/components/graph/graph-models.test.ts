import { expect, test } from "vitest";
import { edgesInSight, placedEdges, tilesInSight } from "./edge-tiles.model.ts";
import { arrowPath, edgePath } from "./edge-path.model.ts";
import { fromElk, toElk } from "./elk-graph.model.ts";
import { foldGraph, groupNodeId } from "./fold-graph.model.ts";
import { layoutInput, layoutKey } from "./graph-layout.model.ts";
import { firstSight } from "./graph-sight.model.ts";
import { pictureAt } from "./graph-overview.model.ts";
import type { GraphSource } from "./graph-source.model.ts";
import { layoutDagre } from "./layout-dagre.ts";
import { narrowGraph } from "./narrow-graph.model.ts";
import { addTotals, leadingState } from "./node-states.model.ts";
import { openGroupIds, revealNode, toggleGroup } from "./open-groups.model.ts";

const aNode = (id: string, group?: string) => ({ id, label: id, kind: "task" as const, ...(group && { group }) });

/** start → outer(a → inner(b, c)) → end */
const SOURCE: GraphSource = {
  nodes: [aNode("start"), aNode("a", "outer"), aNode("b", "inner"), aNode("c", "inner"), aNode("end")],
  edges: [
    { from: "start", to: "a" },
    { from: "a", to: "b", label: "yes" },
    { from: "a", to: "c", label: "no" },
    { from: "b", to: "end" },
    { from: "c", to: "end" },
  ],
  groups: [
    { id: "outer", label: "outer" },
    { id: "inner", label: "inner", parent: "outer" },
  ],
};
const fold = (...open: string[]) => foldGraph(SOURCE, (id) => open.includes(id));

test("a closed group is one node, and edges to what is in it become one that leads to it", () => {
  const { nodes, edges, groups } = fold("outer");
  expect(nodes.map(({ id }) => id)).toEqual(["start", "a", groupNodeId("inner"), "end"]);
  expect(nodes[2]).toMatchObject({ group: "outer", inside: ["b", "c"] });
  expect(edges.map(({ from, to, label }) => [from, to, label])).toEqual([
    ["start", "a", undefined],
    ["a", "group:inner", "yes, no"],
    ["group:inner", "end", undefined],
  ]);
  expect(groups.map(({ id }) => id)).toEqual(["outer"]);
});

test("an open group in a closed one is hidden with it", () => {
  const { nodes, groups } = fold("inner");
  expect(nodes.map(({ id }) => id)).toEqual(["start", "group:outer", "end"]);
  expect(groups).toEqual([]);
});

test("narrowing leaves what a node follows, what follows it, or both, as far as is asked", () => {
  const left = (direction: "upstream" | "downstream" | "both", depth?: number) =>
    narrowGraph(SOURCE, { nodeId: "b", direction, ...(depth && { depth }) }).nodes.map(({ id }) => id);
  expect(left("upstream")).toEqual(["start", "a", "b"]);
  expect(left("downstream")).toEqual(["b", "end"]);
  expect(left("both", 1)).toEqual(["a", "b", "end"]);
  expect(narrowGraph(SOURCE, { nodeId: "gone", direction: "both" })).toBe(SOURCE);
});

test("groups of a large graph are closed at first, and opening all of them is told in a word", () => {
  const large = { ...SOURCE, nodes: [...SOURCE.nodes, ...Array.from({ length: 200 }, (_, n) => aNode(`n${n}`))] };
  expect(openGroupIds(SOURCE, undefined).size).toBe(2);
  expect(openGroupIds(large, undefined).size).toBe(0);
  expect(toggleGroup(SOURCE, undefined, "inner")).toBe("outer");
  expect(toggleGroup(SOURCE, "outer", "outer")).toBe("none");
  expect(revealNode(SOURCE, "none", "c")).toBe("all");
  expect(revealNode(SOURCE, "outer", "a")).toBe("outer");
});

test("one failure among thousands is what a node shows", () => {
  expect(leadingState({ success: 5_000, failed: 1 })).toBe("failed");
  expect(leadingState({})).toBeUndefined();
  expect(addTotals([{ success: 2 }, undefined, { success: 1, failed: 3 }])).toEqual({ success: 3, failed: 3 });
});

const isInside = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

test("a layout goes from left to right, and groups hold what is in them", () => {
  const { nodes, groups, edges } = layoutDagre(layoutInput(fold("outer", "inner"), "LR"));
  expect(nodes["start"].x + nodes["start"].width).toBeLessThan(nodes["a"].x);
  expect(nodes["a"].x + nodes["a"].width).toBeLessThan(nodes["b"].x);
  expect(isInside(nodes["b"], groups["inner"])).toBe(true);
  expect(isInside(groups["inner"], groups["outer"])).toBe(true);
  const line = edges["start → a"];
  expect(line[0]).toEqual({ x: nodes["start"].x + nodes["start"].width, y: nodes["start"].y + 23 });
  expect(line.at(-1)?.x).toBeCloseTo(nodes["a"].x);
});

test("the layout engine is told of groups in groups, and its places are counted from the picture's corner", () => {
  const elk = toElk(layoutInput(fold("outer", "inner"), "TB"));
  const outer = elk.children?.find(({ id }) => id === "g:outer");
  expect(outer?.children?.map(({ id }) => id).sort()).toEqual(["g:inner", "n:a"]);
  expect(elk.layoutOptions?.["elk.direction"]).toBe("DOWN");
  const placed = fromElk({
    id: "root",
    children: [
      {
        id: "g:outer",
        x: 10,
        y: 20,
        width: 90,
        height: 90,
        children: [{ id: "n:a", x: 1, y: 2, width: 5, height: 6 }],
      },
    ],
    edges: [
      {
        id: "e",
        sources: [],
        targets: [],
        sections: [{ id: "s", startPoint: { x: 0, y: 0 }, endPoint: { x: 9, y: 9 } }],
      },
    ],
  });
  expect(placed.nodes["a"]).toEqual({ x: 11, y: 22, width: 5, height: 6 });
  expect(placed.edges["e"]).toHaveLength(2);
});

test("a layout is asked for again only when what is placed differs", () => {
  expect(layoutKey(layoutInput(fold("outer"), "LR"))).toBe(layoutKey(layoutInput(fold("outer"), "LR")));
  expect(layoutKey(layoutInput(fold("outer"), "LR"))).not.toBe(layoutKey(layoutInput(fold("outer"), "TB")));
  expect(layoutKey(layoutInput(fold("outer"), "LR"))).not.toBe(layoutKey(layoutInput(fold(), "LR")));
});

test("a small graph is looked at whole, a large one from its beginning and readable", () => {
  const view = { width: 1_000, height: 600 };
  const layout = { nodes: {}, groups: {}, edges: {} };
  expect(firstSight({ ...layout, width: 400, height: 200 }, view)).toEqual({ zoom: 1, x: 300, y: 200, isWhole: true });
  expect(firstSight({ ...layout, width: 30_000, height: 200 }, view)).toMatchObject({
    zoom: 0.55,
    x: 24,
    isWhole: false,
  });
});

test("a line has rounded corners and an arrow where it ends", () => {
  const points = [
    { x: 0, y: 0 },
    { x: 50, y: 0 },
    { x: 50, y: 50 },
  ];
  expect(edgePath(points)).toBe("M0 0L40 0Q50 0 50 10L50 50");
  expect(arrowPath(points)).toMatch(/^M50 50L/);
  expect(edgePath([])).toBe("");
});

test("a point of the overview is found in the picture, which stands in its middle", () => {
  const [box, picture] = [
    { width: 200, height: 100 },
    { width: 1_000, height: 1_000 },
  ];
  expect(pictureAt({ x: 100, y: 50 }, box, picture)).toEqual({ x: 500, y: 500 });
  expect(pictureAt({ x: 50, y: 0 }, box, picture)).toEqual({ x: 0, y: 0 });
});

test("only edges that may be seen are drawn, and moving a little changes nothing", () => {
  const view = { width: 800, height: 600 };
  const sight = tilesInSight([-100, -50, 1], view);
  expect(tilesInSight([-120, -60, 1], view)).toEqual(sight);
  expect(tilesInSight([-9_000, -50, 1], view)).not.toEqual(sight);
  const far = { id: "far", from: "a", to: "b", isLoose: false };
  const through = { id: "through", from: "a", to: "b", isLoose: false };
  const edges = placedEdges([far, through], {
    width: 9_000,
    height: 100,
    nodes: {},
    groups: {},
    edges: {
      far: [
        { x: 8_000, y: 0 },
        { x: 9_000, y: 0 },
      ],
      through: [
        { x: -5_000, y: 50 },
        { x: 9_000, y: 60 },
      ],
    },
  });
  expect(edgesInSight(edges, sight).map(({ edge }) => edge.id)).toEqual(["through"]);
});

test("many labels of edges that became one are counted", () => {
  const source = {
    ...SOURCE,
    edges: [..."pqrs"].map((label) => ({ from: "start", to: "a", label })),
  };
  expect(foldGraph(source, () => true).edges[0].label).toBe("p, q +2");
});
