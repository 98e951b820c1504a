import { expect, test } from "vitest";
import { itemAt, lengthOf } from "./elements.ts";

test("lists, sets, maps and plain objects can be mapped over", () => {
  expect([
    lengthOf([1, 2]),
    lengthOf(new Set([1])),
    lengthOf(new Map([[1, 2]])),
    lengthOf({ a: 1, b: 2, c: 3 }),
    lengthOf([]),
  ]).toEqual([2, 1, 1, 3, 0]);
  expect([
    itemAt([1, 2], 1),
    itemAt(new Set(["x"]), 0),
    itemAt(new Map([["k", "v"]]), 0),
    itemAt({ a: 1, b: 2 }, 1),
  ]).toEqual([2, "x", ["k", "v"], ["b", 2]]);
});

test("other values cannot", () => {
  for (const value of [undefined, null, 3, "text", true, new Date(0), () => 1, new URL("http://x")]) {
    expect(lengthOf(value)).toBeUndefined();
    expect(itemAt(value, 0)).toBeUndefined();
  }
});

test("there is nothing behind the end", () => {
  expect([itemAt([1], 1), itemAt(new Set([1]), 5), itemAt({}, 0)]).toEqual([undefined, undefined, undefined]);
});
