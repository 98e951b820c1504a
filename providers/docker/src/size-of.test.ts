import { expect, test } from "vitest";
import { sizeOf } from "./size-of.ts";

test.each([
  ["1024", 1_024],
  ["512m", 536_870_912],
  ["2g", 2_147_483_648],
  ["1.5 GiB", 1_610_612_736],
  ["64KB", 65_536],
])("%s is a size", (text, bytes) => {
  expect(sizeOf(text)).toBe(bytes);
});

test.each(["", "much", "-1m", "1x"])("%j is none", (text) => {
  expect(() => sizeOf(text)).toThrow(/is no size/);
});
