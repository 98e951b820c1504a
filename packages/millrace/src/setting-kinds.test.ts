import { expect, test } from "vitest";
import { fraction } from "./setting-kinds.ts";

test("a share is a number from 0 to 1, and nothing else", () => {
  const { read } = fraction(1, "a share");
  expect(["0", "1", "0.25"].map(read)).toEqual([0, 1, 0.25]);
  for (const wrong of ["", " ", "-0.1", "1.1", "half", "NaN"]) expect(() => read(wrong)).toThrow("from 0 to 1");
});
