import { expect, test } from "vitest";
import { firstDifference } from "./first-difference.ts";

test("values that are the same have no difference", () => {
  expect(firstDifference({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBeUndefined();
});

test("the first difference is named by its path, with both values", () => {
  expect(firstDifference({ tasks: [{ id: "a" }, { id: "b1" }] }, { tasks: [{ id: "a" }, { id: "b2" }] })).toBe(
    'tasks[1].id: "b1" and then "b2"',
  );
});

test("what one of them lacks is shown as nothing", () => {
  expect(firstDifference({ list: [1] }, { list: [1, 2] })).toBe("list[1]: nothing and then 2");
  expect(firstDifference({ a: 1 }, {})).toBe("a: 1 and then nothing");
});

test("a list is never the same as an object", () => {
  expect(firstDifference({ a: [] }, { a: {} })).toBe("a: [] and then {}");
});

test("long values are cut", () => {
  expect(firstDifference("x".repeat(500), "")?.length).toBeLessThan(160);
});
