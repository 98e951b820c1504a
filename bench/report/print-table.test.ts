import { expect, test } from "vitest";
import { QUICK } from "../scale.ts";
import type { Workload } from "../workload.ts";
import { anOutcome } from "./an-outcome.fixture.ts";
import { formatFigure } from "./format-figure.ts";
import { outcomeOf } from "./outcome.ts";
import { printTable, resultRows } from "./print-table.ts";

const WORKLOAD: Workload = {
  name: "sequence",
  title: () => "40 tasks",
  unit: "ms",
  better: "lower",
  must: 100,
  aim: 30,
  run: () => Promise.resolve([]),
};

test("a workload is reached when its median is, whichever way is better", () => {
  expect(outcomeOf(WORKLOAD, QUICK, [90, 100, 500])).toMatchObject({ median: 100, most: 500, isReached: true });
  expect(outcomeOf(WORKLOAD, QUICK, [101])).toMatchObject({ isReached: false });
  expect(outcomeOf({ ...WORKLOAD, better: "higher" }, QUICK, [99])).toMatchObject({ isReached: false });
  expect(outcomeOf({ ...WORKLOAD, better: "higher" }, QUICK, [100])).toMatchObject({ isReached: true });
});

test("a row has figure and unit, range, and bounds with their direction", () => {
  const [, row] = resultRows([anOutcome({ must: 100, aim: 30, isReached: true })]);
  expect(row).toEqual(["40 tasks", "40 ms", "38 – 45", "≤ 100", "≤ 30", "yes"]);
});

test("what has no bound is neither reached nor missed", () => {
  const [, row] = resultRows([anOutcome({ better: "higher" })]);
  expect(row.slice(3)).toEqual(["—", "—", "—"]);
});

test("columns are as wide as their widest cell, figures to the right", () => {
  expect(
    printTable([
      ["what", "ms"],
      ["a", "1000"],
      ["long name", "7"],
    ]).split("\n"),
  ).toEqual(["what         ms", "─────────  ────", "a          1000", "long name     7"]);
});

test.each([
  [0.91234, "0.912"],
  [38.44, "38.4"],
  [12_345, "12\u202f300"],
  [10_000_000, "10\u202f000\u202f000"],
  [0, "0"],
])("%d is written as %s", (value, text) => {
  expect(formatFigure(value)).toBe(text);
});
