import { expect, test } from "vitest";
import { growthOf } from "./growth.ts";

const series = (values: readonly number[], slack = 0): Parameters<typeof growthOf>[0] => ({
  name: "heap",
  values,
  slack,
});
const ramp = (from: number, step: number): readonly number[] => Array.from({ length: 30 }, (_, i) => from + i * step);

test("what grows all the time is a leak, however slowly it began", () => {
  expect(growthOf(series(ramp(100, 3)))).toMatchObject({ before: 121, after: 166, most: 187, isBounded: false });
});

test("what goes up and down is bounded", () => {
  const saw = Array.from({ length: 30 }, (_, i) => 160 + (i % 5) * 10);
  expect(growthOf(series(saw)).isBounded).toBe(true);
});

test("a slack is for small things, where one more is many percent", () => {
  expect(growthOf(series([1, 4, 4, 4, 4, 4])).isBounded).toBe(true);
  expect(growthOf(series([1, 1, 1, 1, 4, 4])).isBounded).toBe(false);
  expect(growthOf(series([1, 1, 1, 1, 4, 4], 3)).isBounded).toBe(true);
});

test("too few measurements are no proof", () => {
  expect(() => growthOf(series([1]))).toThrow("1 measurements are too few");
});
