import { expect, test } from "vitest";
import {
  alignSeries,
  formatAmount,
  formatShort,
  isJudgement,
  paragraphsOf,
  thresholdsInSight,
  widthOf,
  type PanelOf,
} from "./panel.model.ts";

const at = (minute: number): string => `2025-10-01T00:0${minute}:00+00:00`;
const START = Date.parse(at(0)) / 1_000;

test("lines with points at different times get common times; a gap stays a gap", () => {
  const lines = [
    {
      label: "a",
      points: [
        [at(0), 1],
        [at(2), null],
      ],
    },
    { label: "b", points: [[at(1), 2]] },
  ] as const;
  expect(alignSeries({ lines })).toEqual({
    times: [START, START + 60, START + 120],
    lines: [
      { label: "a", values: [1, undefined, null] },
      { label: "b", values: [undefined, 2, undefined] },
    ],
  });
});

test("a threshold far above all values is left out, so that the values can be seen", () => {
  const panel: PanelOf<"series"> = {
    kind: "series",
    title: "Age",
    lines: [{ label: "a", points: [[at(0), 20]] }],
    thresholds: [
      { label: "near", value: 30 },
      { label: "far", value: 120 },
    ],
  };
  expect(thresholdsInSight(panel).map(({ label }) => label)).toEqual(["near"]);
});

test("panels have a width of their kind, unless they ask for one", () => {
  expect(widthOf({ kind: "stat" })).toBe("quarter");
  expect(widthOf({ kind: "stat", width: "full" })).toBe("full");
});

test("numbers are grouped and short where there is little room", () => {
  expect(formatAmount(12_345.678, "rows")).toBe("12,345.68 rows");
  expect(formatShort(1_250_000)).toBe("1.3M");
  expect(formatShort(0.25)).toBe("0.25");
});

test("judgements are told from states of runs", () => {
  expect(isJudgement("warn")).toBe(true);
  expect(isJudgement("failed")).toBe(false);
});

test("an empty line begins a new paragraph", () => {
  expect(paragraphsOf("one\nstill one\n \n\ntwo\n")).toEqual(["one\nstill one", "two"]);
});
