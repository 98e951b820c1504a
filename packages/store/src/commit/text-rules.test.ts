import { expect, test } from "vitest";
import { cleanJson } from "./text-rules.ts";

test("JSON for PostgreSQL has neither NUL nor halves of surrogate pairs, and is the same value otherwise", () => {
  const value = { "k\0": ["a\0b", "\ud800", "\udfff!", "😀", "\\u0000", "\\\0", "\n"] };
  expect(JSON.parse(cleanJson(value))).toEqual({
    "k\uFFFD": ["a\uFFFDb", "\uFFFD", "\uFFFD!", "😀", "\\u0000", "\\\uFFFD", "\n"],
  });
});
