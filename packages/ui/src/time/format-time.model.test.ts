import { describe, expect, test } from "vitest";
import {
  formatDistance,
  formatDuration,
  formatStretch,
  formatTime,
  isZone,
  secondsBetween,
} from "./format-time.model.ts";

const INSTANT = "2025-10-26T00:30:00.123456+00:00";

describe("a time", () => {
  test.each([
    ["UTC", "second", "2025-10-26 00:30:00"],
    ["Europe/Vienna", "second", "2025-10-26 02:30:00"],
    ["America/New_York", "minute", "2025-10-25 20:30"],
    ["Asia/Kolkata", "day", "2025-10-26"],
    ["UTC", "millisecond", "2025-10-26 00:30:00.123"],
  ] as const)("is shown in %s to the %s", (zone, precision, expected) => {
    expect(formatTime(INSTANT, zone, precision).text).toBe(expected);
  });

  test("that comes twice in a year is told apart by the zone's name", () => {
    const [first, second] = [INSTANT, "2025-10-26T01:30:00+00:00"].map((at) =>
      formatTime(at, "Europe/Vienna", "minute"),
    );
    expect(first?.text).toBe(second?.text);
    expect(first?.zone).not.toBe(second?.zone);
  });

  test("that is none is shown as it is", () => {
    expect(formatTime("soon", "UTC")).toEqual({ text: "soon", zone: "" });
  });
});

test.each([
  [0.085, "85ms"],
  [4.24, "4.2s"],
  [59.97, "1m 00s"],
  [200, "3m 20s"],
  [3_900, "1h 05m"],
  [90_000, "1d 01h"],
  [-4, "-4.0s"],
])("%d seconds are %s", (seconds, expected) => {
  expect(formatDuration(seconds)).toBe(expected);
});

test.each([
  [-180, "3 minutes ago"],
  [7_200, "in 2 hours"],
  [0, "now"],
  [-86_400, "yesterday"],
])("%d seconds from now are %s", (seconds, expected) => {
  expect(formatDistance(seconds * 1_000, 0)).toBe(expected);
});

test("what has not ended lasts until now, and what has not begun has no duration", () => {
  expect(secondsBetween("1970-01-01T00:00:01Z", undefined, 5_000)).toBe(4);
  expect(secondsBetween("1970-01-01T00:00:01Z", "1970-01-01T00:00:03Z", 5_000)).toBe(2);
  expect(secondsBetween(undefined, undefined, 5_000)).toBeUndefined();
});

test("zones are known by their IANA names", () => {
  expect([isZone("Europe/Vienna"), isZone("Mars/Base")]).toEqual([true, false]);
});

test("the end of a stretch has its date only where it is another one", () => {
  expect(formatStretch("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", "UTC")).toEqual({
    from: "2026-01-05 08:00",
    until: "09:00",
    zone: "UTC",
  });
  expect(formatStretch("2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z", "UTC").until).toBe("2026-01-06 08:00");
});

test("both ends of a stretch say their zone when clocks change in it", () => {
  const { from, zone } = formatStretch("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", "Europe/Vienna");
  expect(from.slice(17)).not.toBe("");
  expect(from.slice(17)).not.toBe(zone);
});
