import { describe, expect, test } from "vitest";
import type { Panel } from "./panel.ts";
import { readPanels } from "./read-panels.ts";

const AT = "2025-10-01T00:00:00+00:00";
const LATER = "2025-10-01T01:00:00.5+00:00";
const link = { dagId: "orders", runId: "r", taskId: "t", mapIndex: -1 };

const ALL: readonly Panel[] = [
  { kind: "stat", title: "Orders", value: 3, unit: "rows", state: "warn", link, hint: "of today", width: "third" },
  { kind: "stat", title: "Unknown", value: null },
  {
    kind: "series",
    title: "Age",
    shape: "area",
    unit: "min",
    lines: [
      {
        label: "gold",
        points: [
          [AT, 1],
          [LATER, null],
        ],
      },
    ],
    thresholds: [{ label: "limit", value: 30, state: "bad" }],
  },
  { kind: "bars", title: "Sources", bars: [{ label: "a", value: 1.5, state: "ok", link }] },
  {
    kind: "table",
    title: "Failures",
    columns: [
      { key: "task", title: "Task" },
      { key: "at", title: "At", as: "time" },
    ],
    rows: [{ task: { value: "load", state: "upstream_failed", link }, at: AT, more: true, none: null }],
    empty: "All is well",
  },
  { kind: "status", title: "Layers", items: [{ label: "gold", state: "running", text: "late", at: AT, link }] },
  { kind: "text", title: "Note", text: "words" },
];

test("panels of every kind are taken as they are", () => {
  expect(readPanels(ALL)).toEqual(ALL);
});

test("points of a line come in the order of time", () => {
  const [{ lines }] = readPanels([
    {
      kind: "series",
      title: "Age",
      lines: [
        {
          label: "gold",
          points: [
            [LATER, 2],
            [AT, 1],
          ],
        },
      ],
    },
  ]) as readonly (Panel & { readonly kind: "series" })[];
  expect(lines[0].points).toEqual([
    [AT, 1],
    [LATER, 2],
  ]);
});

describe("what no panel can show is refused, with its place", () => {
  test.each<[string, unknown, string]>([
    ["no list", { kind: "text" }, "it returns a value of type object, not a list of panels"],
    ["nothing", null, "it returns nothing"],
    ["too many", Array.from({ length: 51 }, () => ALL[0]), "it returns 51 panels; a page has at most 50"],
    ["an unknown kind", [{ kind: "pie", title: "x" }], 'panel 1 (x) has the kind "pie"; there are stat, series'],
    ["no kind", [null], "panel 1 has the kind undefined"],
    ["an unknown field", [{ ...ALL[6], html: "<b>" }], "panel 1 (Note): must NOT have additional properties (html)"],
    ["a missing field", [ALL[6], { kind: "text", title: "x" }], "panel 2 (x): must have required property 'text'"],
    [
      "a word for a number",
      [{ kind: "bars", title: "x", bars: [{ label: "a", value: "1" }] }],
      "bars.0.value must be number",
    ],
    [
      "an instant without an offset",
      [{ kind: "series", title: "x", lines: [{ label: "a", points: [["2025-10-01 00:00", 1]] }] }],
      'lines.0.points.0.0 must match format "date-time"',
    ],
    [
      "a cell of parts",
      [{ kind: "table", title: "x", columns: [], rows: [{ a: ["b"] }] }],
      "rows.0.a must be string,number,boolean,null",
    ],
    [
      "a state that is none",
      [{ kind: "status", title: "x", items: [{ label: "a", state: "great" }] }],
      "items.0.state must be one of",
    ],
    [
      "an address",
      [{ kind: "stat", title: "x", value: 1, link: { href: "javascript:x" } }],
      "link must have required property 'dagId'",
    ],
  ])("%s", (_, given, words) => {
    expect(() => readPanels(given)).toThrow(
      expect.objectContaining({ code: "PAGE_FAILED", message: expect.stringContaining(words) }),
    );
  });
});
