import { expect, test } from "vitest";
import { judgeFreshness } from "./freshness.ts";

const T0 = Date.parse("2025-10-01T00:00:00Z");
const MINUTE = 60_000;

test("data up to the limit is fresh, a millisecond more is stale", () => {
  expect(judgeFreshness(T0, 30, T0 + 30 * MINUTE)).toMatchObject({ kind: "fresh", ageMinutes: 30 });
  expect(judgeFreshness(T0, 30, T0 + 30 * MINUTE + 1)).toMatchObject({ kind: "stale" });
  expect(judgeFreshness(T0, 30, T0 + 45 * MINUTE)).toEqual({
    kind: "stale",
    ageMinutes: 45,
    why: "the newest data is of 2025-10-01T00:00:00.000Z, 45 minutes old; the limit is 30",
  });
});

test("a table without data, and one dated ahead of the clock, are not fresh", () => {
  expect(judgeFreshness(undefined, 30, T0)).toEqual({ kind: "unknown", why: "the table has never received data" });
  expect(judgeFreshness(T0 + 6 * MINUTE, 30, T0).kind).toBe("unknown");
  expect(judgeFreshness(T0 + 4 * MINUTE, 30, T0)).toMatchObject({ kind: "fresh", ageMinutes: 0 });
});
