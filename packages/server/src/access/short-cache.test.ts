import { expect, test } from "vitest";
import { ShortCache } from "./short-cache.ts";

test("a value holds for its time, and the oldest goes when there are too many", () => {
  let nowMs = 0;
  const cache = new ShortCache<string>({ ttlMs: 100, most: 2, monotonicMs: () => nowMs });
  cache.set("a", "1");
  nowMs = 99;
  expect(cache.get("a")).toBe("1");
  nowMs = 100;
  expect(cache.get("a")).toBeUndefined();
  for (const key of ["b", "c", "b", "d"]) cache.set(key, key);
  expect(["b", "c", "d"].map((key) => cache.get(key))).toEqual(["b", undefined, "d"]);
  cache.clear();
  expect(cache.get("d")).toBeUndefined();
});
