import fc from "fast-check";
import { expect, test } from "vitest";
import { median, quantile } from "./statistics.ts";

test("the median is the middle sample, and between the middle two of an even number", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test("the 99th percentile of a hundred samples is the second largest", () => {
  const samples = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(quantile(samples, 0.99)).toBe(99);
  expect(quantile(samples, 0.5)).toBe(50);
});

test("a quantile is a sample, and half of the samples are no larger than the median", () => {
  const samples = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (some, share) => {
      expect(some).toContain(quantile(some, share));
      expect(some.filter((sample) => sample <= median(some)).length).toBeGreaterThanOrEqual(some.length / 2);
    }),
  );
});

test("nothing has no median", () => {
  expect(() => median([])).toThrow("no samples");
  expect(() => quantile([], 0.5)).toThrow("no samples");
});
