import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { civilToMicros, microsToCivil } from "./civil.ts";
import { formatInstant, parseInstant } from "./instant-text.ts";
import { MICROS } from "./instant.ts";
import { openZone, wallToInstant } from "./zone.ts";

const anInstant = fc.integer({
  min: civilToMicros({ year: 1700, month: 1, day: 1, hour: 0, minute: 0, second: 0, micro: 0 }),
  max: Number.MAX_SAFE_INTEGER,
});

describe("instants as text", () => {
  test("what was written is read back to the microsecond", () => {
    fc.assert(
      fc.property(anInstant, (instant) => {
        expect(parseInstant(formatInstant(instant))).toBe(instant);
      }),
    );
  });

  test("the calendar agrees with the JavaScript one on every day", () => {
    fc.assert(
      fc.property(anInstant, (instant) => {
        const date = new Date(Math.floor(instant / MICROS.ms));
        expect(formatInstant(instant).slice(0, 19)).toBe(date.toISOString().slice(0, 19));
        expect(civilToMicros(microsToCivil(instant))).toBe(instant);
      }),
    );
  });

  test("the fraction has six digits, and only where there is one", () => {
    expect(formatInstant(parseInstant("2025-10-01"))).toBe("2025-10-01T00:00:00+00:00");
    expect(formatInstant(parseInstant("2025-10-01T00:00:00.5Z"))).toBe("2025-10-01T00:00:00.500000+00:00");
    expect(formatInstant(-1)).toBe("1969-12-31T23:59:59.999999+00:00");
  });

  test.each([
    ["2025-10-01T12:30Z", "2025-10-01T12:30:00+00:00"],
    ["2025-10-01t12:30:05z", "2025-10-01T12:30:05+00:00"],
    ["2025-10-01 12:30:05.123456789+00", "2025-10-01T12:30:05.123456+00:00"],
    ["2025-10-01T12:30:05,25+02:30", "2025-10-01T10:00:05.250000+00:00"],
    ["2025-10-01T12:30:05-0230", "2025-10-01T15:00:05+00:00"],
    ["2024-02-29", "2024-02-29T00:00:00+00:00"],
  ])("%s is %s", (text, expected) => expect(formatInstant(parseInstant(text))).toBe(expected));

  test.each([
    ["2025-10-01T12:30:00", "Europe/Berlin", "2025-10-01T10:30:00+00:00"],
    ["2025-10-01", "Europe/Berlin", "2025-09-30T22:00:00+00:00"],
    ["2025-10-01T12:30:00Z", "Europe/Berlin", "2025-10-01T12:30:00+00:00"],
    ["2025-03-30T02:30:00", "Europe/Berlin", "2025-03-30T01:00:00+00:00"],
    ["2025-10-26T02:30:00", "Europe/Berlin", "2025-10-26T00:30:00+00:00"],
    ["2011-12-30T12:00:00", "Pacific/Apia", "2011-12-30T10:00:00+00:00"],
    ["2025-10-01T12:00:00", "+05:30", "2025-10-01T06:30:00+00:00"],
  ])("%s in %s is %s", (text, zone, expected) => expect(formatInstant(parseInstant(text, zone))).toBe(expected));

  test.each([
    "",
    "yesterday",
    "1700000000",
    "2025-02-29",
    "2025-13-01",
    "2025-00-01",
    "2025-10-01T24:00:00Z",
    "2025-10-01T10:60:00Z",
    "2025-10-01T10:00:00+24:00",
    "0001-01-01",
    "9999-01-01",
    "2025-10-01T10:00:00",
  ])("%s is refused with the text in the message", (text) =>
    expect(() => parseInstant(text)).toThrowError(
      expect.objectContaining({ code: "BAD_ARGUMENT", message: expect.stringContaining(`"${text}"`) }),
    ),
  );
});

describe("zones", () => {
  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Antarctica/Troll",
  ];
  const from = parseInstant("1975-01-01");
  const to = parseInstant("2200-01-01");

  test("the offset agrees with Intl at any instant", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: from, max: to }), (name, instant) => {
        const stretch = openZone(name).stretchAt(instant);
        expect(stretch.from <= instant && instant < stretch.to).toBe(true);
        expect(stretch.offset).toBe(offsetByIntl(name, instant));
      }),
      { numRuns: 300 },
    );
  });

  test("neighbouring stretches touch", () => {
    for (const name of zones) {
      const zone = openZone(name);
      let stretch = zone.stretchAt(from);
      for (let count = 0; count < 40 && stretch.to !== Infinity; count += 1) {
        const next = zone.stretchAt(stretch.to);
        expect(next.from).toBe(stretch.to);
        expect(next.offset).not.toBe(stretch.offset);
        stretch = next;
      }
    }
  });

  test("a wall time is shown at the instant found for it, unless the zone skips it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: from, max: to }), (name, wall) => {
        const zone = openZone(name);
        const instant = wallToInstant(zone, wall);
        const shown = instant + zone.stretchAt(instant).offset;
        if (shown !== wall) {
          expect(instant).toBe(zone.stretchAt(instant).from);
          expect(instant - 1 + zone.stretchAt(instant - 1).offset).toBeLessThan(wall);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("an unknown zone is named in the error", () => {
    expect(() => openZone("Mars/Olympus")).toThrowError(
      expect.objectContaining({ code: "BAD_SCHEDULE", message: expect.stringContaining("Mars/Olympus") }),
    );
  });
});

/** The offset as `Intl` tells it, apart from all of our code. */
function offsetByIntl(name: string, instant: number): number {
  const ms = Math.floor(instant / MICROS.ms);
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(ms);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return (
    (Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) -
      Math.floor(ms / 1_000) * 1_000) *
    MICROS.ms
  );
}
