import fc from "fast-check";
import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { drawDot } from "./draw-dot.ts";
import { drawMermaid } from "./draw-mermaid.ts";
import { drawSvg } from "./draw-svg.ts";
import { drawText } from "./draw-text.ts";
import { drawTree } from "./draw-tree.ts";
import { ASCII, needsAscii, UNICODE } from "./line-sets.ts";
import { textWidth } from "./text-width.ts";
import type { Picture, PictureEdge, PictureNode } from "./picture.ts";

const STYLE = { charset: UNICODE, paint: pc.createColors(false), width: 100 };

function picture(ids: readonly string[], edges: readonly string[], more: Partial<Picture> = {}): Picture {
  return {
    title: "orders",
    description: "The DAG orders.",
    nodes: ids.map((id): PictureNode => ({ id, label: id, notes: [], shape: "box" })),
    groups: [],
    // "a>b" is data, "a.b" is order.
    edges: edges.map((edge): PictureEdge => {
      const [from, to] = edge.split(/[>.]/);
      return { from: ids.indexOf(from), to: ids.indexOf(to), via: edge.includes(">") ? "data" : "order" };
    }),
    ...more,
  };
}

/** Nodes with labels of all kinds, and edges forward. */
const pictures = fc
  .array(fc.string({ unit: "grapheme", maxLength: 30 }), { minLength: 1, maxLength: 12 })
  .chain((labels) =>
    fc
      .array(fc.tuple(fc.nat({ max: labels.length - 1 }), fc.nat({ max: labels.length - 1 }), fc.boolean()), {
        maxLength: 20,
      })
      .map((edges): Picture => ({
        title: labels[0],
        description: labels[0],
        nodes: labels.map((label, index) => ({ id: `${index}`, label, notes: [label], shape: "box", group: 0 })),
        groups: [{ label: labels[0] }],
        edges: edges.map(([a, b, isData]) => ({
          from: Math.min(a, b),
          to: Math.max(a, b),
          via: isData ? "data" : "order",
        })),
      })),
  );

describe("in a terminal", () => {
  test("lines of one source are one, and those of different sources reach a task apart from each other", () => {
    expect(drawText(picture(["a", "b", "c", "d"], ["a>c", "a>d", "b>d"]), STYLE)?.join("\n")).toMatchInlineSnapshot(`
      "  ┌───┐  ┌───┐
        │ a │  │ b │
        └─┬─┘  └─┬─┘
        ╭─┴───╮ ╭╯
        ▼     ▼ ▼
      ┌───┐  ┌───┐
      │ c │  │ d │
      └───┘  └───┘"
    `);
  });

  test("all that lead to all share one line", () => {
    const drawn = drawText(picture(["a", "b", "c", "d"], ["a>c", "a>d", "b>c", "b>d"]), STYLE);
    expect(drawn).toEqual([
      "┌───┐  ┌───┐",
      "│ a │  │ b │",
      "└─┬─┘  └─┬─┘",
      "  ├──────┤",
      "  ▼      ▼",
      "┌───┐  ┌───┐",
      "│ c │  │ d │",
      "└───┘  └───┘",
    ]);
  });

  test("parts that have nothing to do with each other stand beside each other, and below where there is no room", () => {
    const two = picture(["a", "b"], []);
    expect(drawText(two, STYLE)).toHaveLength(3);
    expect(drawText(two, { ...STYLE, width: 10 })).toHaveLength(7);
  });

  test("what is wider than the terminal, or has more than 400 nodes, is not drawn", () => {
    expect(drawText(picture(["a_long_name"], []), { ...STYLE, width: 14 })).toBeUndefined();
    expect(
      drawText(
        picture(
          Array.from({ length: 401 }, (_, index) => `t${index}`),
          [],
        ),
        STYLE,
      ),
    ).toBeUndefined();
  });

  test("whatever the labels are, no line is wider than the terminal and none brings control characters along", () => {
    fc.assert(
      fc.property(pictures, (any) => {
        for (const charset of [UNICODE, ASCII])
          for (const line of drawText(any, { ...STYLE, charset, width: 200 }) ?? []) {
            expect(line).not.toMatch(/\p{Cc}/u);
            expect(textWidth(line)).toBeLessThanOrEqual(200);
          }
      }),
    );
  });
});

describe("as a tree", () => {
  test("each node stands once, below the last of its upstream; a chain stays where it is", () => {
    const tree = drawTree(picture(["a", "b", "c", "d", "e"], ["a>b", "b>c", "a>d", "c>e", "d>e"]), STYLE);
    expect(tree).toEqual(["a", "├─ b", "│  ↓ c", "│  ↓ e  also after d", "└─ d"]);
  });

  test("2 000 tasks in a chain take 2 000 lines at the left", () => {
    const ids = Array.from({ length: 2_000 }, (_, index) => `t${index}`);
    const tree = drawTree(
      picture(
        ids,
        ids.slice(1).map((id, index) => `t${index}>${id}`),
      ),
      STYLE,
    );
    expect(tree).toHaveLength(2_000);
    expect(tree.at(-1)).toBe("↓ t1999");
  });

  test("every node of any graph, with circles too, stands in it once", () => {
    const edges = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })), { maxLength: 30 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const ids = Array.from({ length: 10 }, (_, index) => `t${index}`);
        const tree = drawTree(
          picture(
            ids,
            pairs.map(([from, to]) => `t${from}>t${to}`),
          ),
          STYLE,
        );
        expect(tree.map((line) => /t\d/.exec(line)?.[0]).sort()).toEqual(ids);
      }),
    );
  });
});

describe("in a file", () => {
  test("an SVG is well-formed whatever the labels are", () => {
    fc.assert(
      fc.property(pictures, (any) => {
        const svg = drawSvg(any);
        expect(svg).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/);
        const open: string[] = [];
        for (const [, end, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g))
          if (end === "/") expect(open.pop()).toBe(name);
          else if (self === "") open.push(name);
        expect(open).toEqual([]);
        expect(svg.replaceAll(/<[^<>]*>/g, "")).not.toMatch(/[<>]/);
      }),
    );
  });

  test("Graphviz and Mermaid keep what users wrote inside of quotes", () => {
    const evil = picture(['a"]\nend'], [], { groups: [{ label: '"] --> x' }] });
    expect(drawDot(evil)).toContain('n0 [label="a\\"]\\nend"]');
    expect(drawMermaid(evil)).toContain('n0["a#34;#93;#10;end"]');
    expect(drawMermaid(evil)).toContain('subgraph g0["#34;#93; --#62; x"]');
  });
});

test.each([
  [{}, false],
  [{ LANG: "en_GB.UTF-8" }, false],
  [{ LANG: "C.utf8" }, false],
  [{ LC_ALL: "C", LANG: "en_GB.UTF-8" }, true],
  [{ LC_ALL: "", LANG: "de_DE.ISO-8859-1" }, true],
  [{ TERM: "dumb", LANG: "en_GB.UTF-8" }, true],
])("%j needs ASCII: %s", (env, needed) => {
  expect(needsAscii(env)).toBe(needed);
});
