import { expect, test } from "vitest";
import { readIgnorePatterns } from "./ignore-patterns.ts";

test.each([
  ["draft-*", "deep/draft-a.dag.ts", true],
  ["draft-*", "deep/adraft-.dag.ts", false],
  ["/old", "old", true],
  ["/old", "deep/old", false],
  ["a/**/b.dag.ts", "a/x/y/b.dag.ts", true],
  ["a/**/b.dag.ts", "a/b.dag.ts", true],
  ["?.dag.ts", "ab.dag.ts", false],
  ["a.dag.ts", "aXdag.ts", false],
  ["# a.dag.ts", "a.dag.ts", false],
  ["*.dag.ts\n!keep.dag.ts", "keep.dag.ts", false],
])("%j on %s: ignored is %s", (text, path, isIgnored) => {
  expect(readIgnorePatterns(text)(path, false)).toBe(isIgnored);
});

test("a pattern that ends in / is for folders only", () => {
  const isIgnored = readIgnorePatterns("old/");
  expect(isIgnored("deep/old", true)).toBe(true);
  expect(isIgnored("deep/old", false)).toBe(false);
});
