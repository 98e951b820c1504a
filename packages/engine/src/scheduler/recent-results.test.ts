import { expect, test } from "vitest";
import { RecentResults } from "./recent-results.ts";

const value = (json: string): { readonly json: string } => ({ json });

test("results are found until they are forgotten, one by one or with their run", () => {
  const results = new RecentResults();
  results.put(1, "a", -1, value("1"));
  results.put(1, "b", 0, value("2"));
  results.put(2, "a", -1, value("3"));
  results.forget(1, "b", 0);
  expect([results.find(1, "a", -1), results.find(1, "b", 0)]).toEqual([value("1"), undefined]);
  results.forgetRun(1);
  expect([results.find(1, "a", -1), results.find(2, "a", -1)]).toEqual([undefined, value("3")]);
});

test("beyond the bound the oldest go, of the run that came first", () => {
  const results = new RecentResults(1_000);
  for (let i = 0; i < 10; i += 1) results.put(i < 5 ? 1 : 2, "t", i, value("x".repeat(100)));
  const found = Array.from({ length: 10 }, (_, i) => results.find(i < 5 ? 1 : 2, "t", i) !== undefined);
  expect(found).toEqual([false, false, false, false, true, true, true, true, true, true]);
});

test("a result that is put again counts once, and what a run held is free again when it has ended", () => {
  const results = new RecentResults(1_000);
  for (let i = 0; i < 50; i += 1) results.put(1, "t", -1, value("x".repeat(100)));
  results.put(2, "t", -1, value("y".repeat(600)));
  expect(results.find(1, "t", -1)).toBeDefined();
  results.forgetRun(2);
  results.put(3, "t", -1, value("z".repeat(600)));
  expect(results.find(1, "t", -1)).toBeDefined();
});
