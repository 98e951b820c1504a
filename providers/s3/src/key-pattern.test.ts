import { expect, test } from "vitest";
import { isPattern, keyPattern } from "./key-pattern.ts";

test.each([
  ["in/*.csv", "in/a.csv", true],
  ["in/*.csv", "in/b/a.csv", false],
  ["in/**.csv", "in/b/a.csv", true],
  ["in/a?.csv", "in/ab.csv", true],
  ["in/a?.csv", "in/a/.csv", false],
  ["a+(b).[c]", "a+(b).[c]", true],
  ["a.c", "abc", false],
  ["in/*", "xin/a", false],
])("%s and the key %s: %s", (pattern, key, fits) => {
  expect(keyPattern(pattern).fits(key)).toBe(fits);
});

test("the server is asked only for what a pattern begins with", () => {
  expect(keyPattern("in/2025-*/a?.csv").prefix).toBe("in/2025-");
  expect(isPattern("in/a.csv")).toBe(false);
});
