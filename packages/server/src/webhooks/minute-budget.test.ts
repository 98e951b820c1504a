import { expect, test } from "vitest";
import { makeMinuteBudget } from "./minute-budget.ts";

test("so many in a minute, refilled evenly, each name for itself", () => {
  const budget = makeMinuteBudget();
  const takeAll = (name: string, nowMs: number): number => {
    let taken = 0;
    while (taken < 100 && budget.take(name, 6, nowMs)) taken += 1;
    return taken;
  };
  expect(takeAll("a", 0)).toBe(6);
  expect(takeAll("b", 0)).toBe(6);
  expect(takeAll("a", 9_999)).toBe(0);
  expect(takeAll("a", 10_001)).toBe(1);
  expect(takeAll("a", 1_000_000)).toBe(6);
});
