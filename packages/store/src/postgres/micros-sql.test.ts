import fc from "fast-check";
import { expect, test } from "vitest";
import { microsToSql, sqlToMicros } from "./micros-sql.ts";

const anyInstant = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });

test("R7: an instant survives the way to SQL text and back to the microsecond", () => {
  fc.assert(
    fc.property(anyInstant, (at) => sqlToMicros(microsToSql(at)) === at),
    { numRuns: 2_000 },
  );
});

test("the text of an instant names the same millisecond as Date does", () => {
  fc.assert(
    fc.property(anyInstant, (at) => {
      const ms = Math.floor(at / 1000);
      return microsToSql(at).slice(0, 23) === new Date(ms).toISOString().slice(0, 23).replace("T", " ");
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["1970-01-01 00:00:00+00", 0],
  ["1969-12-31 23:59:59.999999+00", -1],
  ["1970-01-01 00:00:00.1+00", 100_000],
  ["1970-01-01 05:30:00+05:30", 0],
  ["1969-12-31 20:30:00-03:30", 0],
  ["1970-01-01 00:53:28+00:53:28", 0],
  ["2000-02-29 12:00:00+00", 951_825_600_000_000],
])("%s is read as %d microseconds", (text, at) => {
  expect(sqlToMicros(text)).toBe(at);
});

test.each([
  "infinity",
  "-infinity",
  "0044-03-15 12:00:00+00 BC",
  "9999-12-31 00:00:00+00",
  "31/12/2025 10:00:00",
  "2025-01-01 10:00:00",
])("%s is refused rather than rounded or guessed", (text) => {
  expect(() => sqlToMicros(text)).toThrow(/1684/);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53])("%d is refused as an instant", (at) => {
  expect(() => microsToSql(at)).toThrow(/not an instant/);
});
