import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layoutGraph } from "./layout-graph.ts";
import type { Layout, LayoutInput } from "./layout.ts";

const OPTIONS = { gap: 2, laneWidth: 1, framePad: [2, 2] } as const;

/** Graphs with groups in groups; `isAcyclic` as DAGs are, else as DAGs among each other may be. */
function graphs({ isAcyclic }: { readonly isAcyclic: boolean }): fc.Arbitrary<LayoutInput> {
  return fc.integer({ min: 1, max: 24 }).chain((count) =>
    fc
      .record({
        groups: fc.array(
          fc.record({ parent: fc.option(fc.nat({ max: 3 })), minWidth: fc.integer({ min: 4, max: 30 }) }),
          {
            maxLength: 4,
          },
        ),
        nodes: fc.array(fc.record({ width: fc.integer({ min: 3, max: 20 }), group: fc.option(fc.nat({ max: 3 })) }), {
          minLength: count,
          maxLength: count,
        }),
        edges: fc.array(fc.tuple(fc.nat({ max: count - 1 }), fc.nat({ max: count - 1 }), fc.nat({ max: 1 })), {
          maxLength: 40,
        }),
      })
      .map(({ groups, nodes, edges }) => ({
        groups: groups.map(({ parent, minWidth }, group) => ({
          minWidth,
          ...(parent !== null && parent < group && { parent }),
        })),
        nodes: nodes.map(({ width, group }) => ({ width, ...(group !== null && group < groups.length && { group }) })),
        edges: edges
          .filter(([from, to]) => !isAcyclic || from !== to)
          .map(([from, to, kind]) => (isAcyclic && from > to ? { from: to, to: from, kind } : { from, to, kind })),
      })),
  );
}

interface Box {
  readonly x: number;
  readonly width: number;
}

function areApart(a: Box, b: Box): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x;
}

function holds(outer: Box, inner: Box): boolean {
  return outer.x < inner.x && inner.x + inner.width < outer.x + outer.width;
}

function isAround({ groups }: LayoutInput, group: number, inner: number | undefined): boolean {
  let at = inner;
  while (at !== undefined && at !== group) at = groups[at].parent;
  return at === group;
}

/** Nodes and lanes from which a walk along links gets from one node to another. */
function leadsTo({ links }: Layout, from: number, to: number): boolean {
  const seen = new Set([from]);
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const link of links.filter((each) => each.from === at && !seen.has(each.to))) {
      seen.add(link.to);
      open.push(link.to);
    }
  return seen.has(to);
}

describe("a layout", () => {
  test("lets every edge lead forward, through lanes to where it goes", () => {
    fc.assert(
      fc.property(graphs({ isAcyclic: true }), (input) => {
        const layout = layoutGraph(input, OPTIONS);
        for (const { from, to, turned } of layout.links) {
          expect(layout.leaves[to].rank - layout.leaves[from].rank).toBe(1);
          expect(turned).toBe(false);
        }
        for (const { from, to } of input.edges) {
          expect(layout.leaves[to].rank).toBeGreaterThan(layout.leaves[from].rank);
          expect(leadsTo(layout, from, to)).toBe(true);
        }
      }),
    );
  });

  test("turns edges of a circle and keeps all others forward", () => {
    fc.assert(
      fc.property(graphs({ isAcyclic: false }), (input) => {
        const layout = layoutGraph(input, OPTIONS);
        for (const { from, to } of layout.links) expect(layout.leaves[to].rank - layout.leaves[from].rank).toBe(1);
        for (const { from, to } of input.edges.filter((edge) => edge.from !== edge.to))
          expect(leadsTo(layout, from, to) || leadsTo(layout, to, from)).toBe(true);
      }),
    );
  });

  test("leaves no two things in a rank nearer to each other than the gap", () => {
    fc.assert(
      fc.property(graphs({ isAcyclic: true }), (input) => {
        const { leaves } = layoutGraph(input, OPTIONS);
        for (const [index, leaf] of leaves.entries())
          for (const other of leaves.slice(index + 1).filter(({ rank }) => rank === leaf.rank))
            expect(
              areApart(
                { x: leaf.x, width: leaf.width + OPTIONS.gap },
                { x: other.x, width: other.width + OPTIONS.gap },
              ),
            ).toBe(true);
      }),
    );
  });

  test("puts every node into the boxes of its groups, and no other", () => {
    fc.assert(
      fc.property(graphs({ isAcyclic: true }), (input) => {
        const layout = layoutGraph(input, OPTIONS);
        layout.groups.forEach((box, group) => {
          if (!box) return;
          for (const [index, leaf] of layout.leaves.entries()) {
            if (leaf.rank < box.firstRank || leaf.rank > box.lastRank) {
              expect(index >= input.nodes.length || !isAround(input, group, leaf.group)).toBe(true);
              continue;
            }
            expect(isAround(input, group, leaf.group) ? holds(box, leaf) : areApart(box, leaf)).toBe(true);
          }
        });
      }),
    );
  });

  test("keeps boxes of groups apart or in each other, in whole units within the picture", () => {
    fc.assert(
      fc.property(graphs({ isAcyclic: true }), (input) => {
        const layout = layoutGraph(input, OPTIONS);
        layout.groups.forEach((box, group) => {
          if (!box) return;
          expect(Number.isInteger(box.x)).toBe(true);
          expect(box.width).toBeGreaterThanOrEqual(input.groups[group].minWidth);
          expect(box.x >= 0 && box.x + box.width <= layout.width).toBe(true);
          layout.groups.forEach((other, index) => {
            if (!other || index <= group || other.firstRank > box.lastRank || other.lastRank < box.firstRank) return;
            expect(isAround(input, group, index) ? holds(box, other) : areApart(box, other)).toBe(true);
          });
        });
      }),
    );
  });

  test("is the same for the same graph", () => {
    fc.assert(
      fc.property(graphs({ isAcyclic: true }), (input) => {
        expect(layoutGraph(input, OPTIONS)).toEqual(layoutGraph(input, OPTIONS));
      }),
      { numRuns: 20 },
    );
  });
});

test("two rows that are declared crosswise are placed without a crossing", () => {
  const nodes = Array.from({ length: 8 }, () => ({ width: 5 }));
  const edges = [0, 1, 2, 3].map((from) => ({ from, to: 7 - from, kind: 0 }));
  const { leaves } = layoutGraph({ nodes, groups: [], edges }, OPTIONS);
  for (const { from, to } of edges) expect(leaves[to].x).toBe(leaves[from].x);
});

test("a chain is a straight line, and what it joins stands in the middle", () => {
  const nodes = Array.from({ length: 5 }, () => ({ width: 5 }));
  const edges = [
    { from: 0, to: 2, kind: 0 },
    { from: 1, to: 2, kind: 0 },
    { from: 2, to: 3, kind: 0 },
    { from: 3, to: 4, kind: 0 },
  ];
  const { leaves } = layoutGraph({ nodes, groups: [], edges }, OPTIONS);
  expect(leaves[3].x).toBe(leaves[2].x);
  expect(leaves[4].x).toBe(leaves[2].x);
  expect(Math.abs(leaves[0].x + leaves[1].x - 2 * leaves[2].x)).toBeLessThanOrEqual(1);
});

test("a task without upstream stands right before what follows it", () => {
  const nodes = Array.from({ length: 4 }, () => ({ width: 5 }));
  const edges = [
    { from: 0, to: 1, kind: 0 },
    { from: 1, to: 2, kind: 0 },
    { from: 3, to: 2, kind: 0 },
  ];
  expect(layoutGraph({ nodes, groups: [], edges }, OPTIONS).leaves[3].rank).toBe(1);
});

test.each([
  ["a chain that all lead out of", (i: number) => [i - 1, 0]],
  ["a wide graph", (i: number) => [Math.floor(i / 50) * 50 - 1 - ((i * 7) % 50), i - 50]],
  ["a tree", (i: number) => [Math.floor((i - 1) / 3)]],
])("2 000 tasks in %s are laid out, each at its place", (_, upstream) => {
  const nodes = Array.from({ length: 2_000 }, (_, i) => ({ width: 12, ...(i % 5 === 0 && { group: i % 40 }) }));
  const groups = Array.from({ length: 40 }, () => ({ minWidth: 8 }));
  const edges = nodes.flatMap((_, to) =>
    upstream(to).flatMap((from) => (from >= 0 && from < to ? [{ from, to, kind: 0 }] : [])),
  );
  // Measured alone: at most 0.4 s. A layout that compares all pairs would meet the time limit of a test.
  const { leaves } = layoutGraph({ nodes, groups, edges }, OPTIONS);
  const places = leaves.slice(0, nodes.length).map(({ x, rank }) => `${x} ${rank}`);
  expect(new Set(places).size).toBe(2_000);
});
