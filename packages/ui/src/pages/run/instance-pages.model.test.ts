import { expect, test } from "vitest";
import { jumpPlace, pagesOf } from "./instance-pages.model.ts";

test("only pages that rows in sight lie on are read", () => {
  expect(pagesOf(0, 40, 100_000)).toEqual([0]);
  expect(pagesOf(50_190, 50_230, 100_000)).toEqual([50_000, 50_200]);
  expect(pagesOf(99_990, 100_040, 100_000)).toEqual([99_800]);
});

test("the first page is read while nobody knows how many there are, and when there are none", () => {
  expect(pagesOf(0, 0, undefined)).toEqual([0]);
  expect(pagesOf(0, 0, 0)).toEqual([0]);
});

test("a typed place is counted from one, and the end is as far as it goes", () => {
  expect(jumpPlace("1", 10)).toBe(0);
  expect(jumpPlace("50 000", 100_000)).toBe(49_999);
  expect(jumpPlace("999999", 100)).toBe(99);
  expect([jumpPlace("", 10), jumpPlace("x", 10), jumpPlace("0", 10), jumpPlace("3", 0)]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
