import { CronExpressionParser } from "cron-parser";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { formatInstant, parseInstant } from "../model/instant-text.ts";
import { MICROS, type Micros } from "../model/instant.ts";
import { openCronCalendar } from "./cron-calendar.ts";
import { compileCron } from "./cron-times.ts";

const QUARTER = 15 * MICROS.m;
const ZONES = [
  "UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe", "Australia/Sydney",
  "Africa/Cairo", "Africa/Casablanca", "Asia/Kathmandu", "Asia/Beirut", "Antarctica/Troll", "Pacific/Apia", "Pacific/Chatham",
]; // prettier-ignore

/** A cron on quarter hours, as sets; written out as an expression only for the code under test. */
interface Pattern {
  readonly minutes: readonly number[];
  readonly hours: readonly number[] | "*" | "*/2" | "*/3";
  readonly weekdays: readonly number[] | "*";
}

const aPattern: fc.Arbitrary<Pattern> = fc.record({
  minutes: fc.uniqueArray(fc.constantFrom(0, 15, 30, 45), { minLength: 1 }),
  hours: fc.oneof(
    fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 5 }),
    fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1 }),
    fc.constantFrom("*" as const, "*/2" as const, "*/3" as const),
  ),
  weekdays: fc.oneof(fc.constant("*" as const), fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 3 })),
});

const aClockChange = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    year: fc.integer({ min: 1996, max: 2036 }),
    hour: fc.integer({ min: 0, max: 8_000 }),
  })
  .map(({ zone, year, hour }) => {
    const somewhere = Temporal.ZonedDateTime.from({ timeZone: zone, year, month: 1, day: 1 }).add({ hours: hour });
    const change = somewhere.getTimeZoneTransition("next") ?? somewhere;
    return { zone, around: Math.floor((change.epochMilliseconds * MICROS.ms) / QUARTER) * QUARTER };
  });

describe("cron times across clock changes", () => {
  test("forwards they are the ones that counting every quarter of an hour finds", () => {
    fc.assert(
      fc.property(aClockChange, aPattern, ({ zone, around }, pattern) => {
        const [from, to] = [around - 2 * MICROS.d, around + 2 * MICROS.d];
        const times = compileCron(expressionOf(pattern), zone);
        expect(walk((at) => times.after(at), from - 1, to).map(formatInstant)).toEqual(
          counted(pattern, zone, from, to).map(formatInstant),
        );
      }),
      { numRuns: 12 },
    );
  });

  test("backwards they are the same", () => {
    fc.assert(
      fc.property(aClockChange, aPattern, fc.nat(), ({ zone, around }, pattern, salt) => {
        const [from, to] = [around - 2 * MICROS.d, around + 2 * MICROS.d];
        // All months, but as an expression that was not asked forwards before: then the answers are walked, not remembered.
        const times = compileCron(expressionOf(pattern, `1-${(salt % 12) + 1},1-12`), zone);
        const found: Micros[] = [];
        for (let at = times.atOrBefore(to - 1); at !== undefined && at >= from; at = times.atOrBefore(at - 1))
          found.unshift(at);
        expect(found.map(formatInstant)).toEqual(counted(pattern, zone, from, to).map(formatInstant));
      }),
      { numRuns: 12 },
    );
  });

  test("the next is always later, and the one before it is never later than where one stands", () => {
    fc.assert(
      fc.property(
        aClockChange,
        aPattern,
        fc.integer({ min: -3 * MICROS.d, max: 3 * MICROS.d }),
        ({ zone, around }, pattern, shift) => {
          const times = compileCron(expressionOf(pattern), zone);
          const at = around + shift;
          const [next, previous] = [times.after(at) ?? NaN, times.atOrBefore(at) ?? NaN];
          expect(next).toBeGreaterThan(at);
          expect(previous).toBeLessThanOrEqual(at);
          expect(times.after(previous)).toBe(next);
          expect(times.atOrBefore(next - 1)).toBe(previous);
          expect(times.atOrBefore(next)).toBe(next);
        },
      ),
    );
  });

  test.each([
    [
      "a fixed time that is skipped runs at the end of the gap",
      "30 2 * * *",
      "Europe/Berlin",
      "2025-03-29T12:00:00Z",
      ["2025-03-30T01:00:00", "2025-03-31T00:30:00"],
    ],
    [
      "several skipped times are one run",
      "0,30 2,3 * * *",
      "Europe/Berlin",
      "2025-03-29T12:00:00Z",
      ["2025-03-30T01:00:00", "2025-03-30T01:30:00", "2025-03-31T00:00:00"],
    ],
    [
      "a fixed time that comes twice runs at the first",
      "30 2 * * *",
      "Europe/Berlin",
      "2025-10-25T12:00:00Z",
      ["2025-10-26T00:30:00", "2025-10-27T01:30:00"],
    ],
    [
      "from within the second pass of an overlap the next is tomorrow's",
      "30 2 * * *",
      "Europe/Berlin",
      "2025-10-26T01:10:00Z",
      ["2025-10-27T01:30:00"],
    ],
    [
      "an hourly cron runs each elapsed hour of an overlap",
      "0 * * * *",
      "Europe/Berlin",
      "2025-10-25T23:30:00Z",
      ["2025-10-26T00:00:00", "2025-10-26T01:00:00", "2025-10-26T02:00:00"],
    ],
    [
      "an hourly cron does not run twice after a gap",
      "30 * * * *",
      "Europe/Berlin",
      "2025-03-30T00:00:00Z",
      ["2025-03-30T00:30:00", "2025-03-30T01:30:00"],
    ],
    [
      "midnight that is skipped runs at one",
      "0 0 * * *",
      "Africa/Cairo",
      "2025-04-24T12:00:00Z",
      ["2025-04-24T22:00:00", "2025-04-25T21:00:00"],
    ],
    [
      "a gap of half an hour",
      "15 2 * * *",
      "Australia/Lord_Howe",
      "2025-10-04T00:00:00Z",
      ["2025-10-04T15:30:00", "2025-10-05T15:15:00"],
    ],
    [
      "a day that a zone leaves out runs at the next day's start",
      "15 2 30 12 *",
      "Pacific/Apia",
      "2011-12-01T00:00:00Z",
      ["2011-12-30T10:00:00", "2012-12-29T12:15:00"],
    ],
  ])("%s", (...[, expression, zone, from, expected]) => {
    const times = compileCron(expression, zone);
    const found: string[] = [];
    for (
      let at = times.after(parseInstant(from));
      found.length < expected.length && at !== undefined;
      at = times.after(at)
    )
      found.push(formatInstant(at).slice(0, 19));
    expect(found).toEqual(expected);
  });
});

describe("cron expressions", () => {
  test("in UTC they mean what another implementation says", () => {
    const expressions = [
      "* * * * *", "*/7 * * * *", "5/20 1-5/2 * * *", "0 0 1,15 * 5", "0 0 L * *", "0 0 * * 5L", "0 0 * * 7", "0 0 * * 0", "0 12 * * MON-FRI", "0 0 1 JAN,JUL *",
      "30 4 * * 5#2", "*/10 5 4 * * *", "0 0 29 2 *", "0 0 31 * *", "@daily", "@weekly", "@monthly", "@yearly", "@hourly", "0 0 * * 6-7",
    ]; // prettier-ignore
    fc.assert(
      fc.property(
        fc.constantFrom(...expressions),
        fc.integer({ min: parseInstant("1971-01-01"), max: parseInstant("2200-01-01") }),
        (expression, at) => {
          const other = CronExpressionParser.parse(expression, {
            tz: "UTC",
            currentDate: new Date(Math.floor(at / MICROS.ms)),
          });
          expect(compileCron(expression, "UTC").after(at)).toBe(other.next().getTime() * MICROS.ms);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ["0 0 * * L5", "0 0 * * 5L"],
    ["0 0 * * LFRI", "0 0 * * 5L"],
    ["@quarterly", "0 0 1 1,4,7,10 *"],
    ["@ANNUALLY", "0 0 1 1 *"],
    ["@midnight", "0 0 * * *"],
    ["  0   0 * * *  ", "0 0 * * *"],
    ["0 0 ? * SUN", "0 0 * * 7"],
  ])("%s means %s", (one, other) => {
    const at = parseInstant("2025-10-03T12:34:56.789Z");
    expect(compileCron(one, "Asia/Tokyo").after(at)).toBe(compileCron(other, "Asia/Tokyo").after(at));
    expect(compileCron(one, "Asia/Tokyo").atOrBefore(at)).toBe(compileCron(other, "Asia/Tokyo").atOrBefore(at));
  });

  test.each([
    ["0 * * * *", true],
    ["0 */2 * * *", true],
    ["0 0-23 * * *", true],
    ["0 0 ? * * *", true],
    ["*/10 2 * * *", false],
    ["0 1-3 * * *", false],
    ["0 1,2 * * *", false],
  ])("%s steps through hours: %s", (expression, steps) => {
    expect(openCronCalendar(expression).stepsThroughHours).toBe(steps);
  });

  test("a calendar looks strictly before and after, also from between two seconds", () => {
    const calendar = openCronCalendar("* * * * * *");
    expect([calendar.before(1), calendar.before(0), calendar.after(0), calendar.after(-1)]).toEqual([
      0,
      -MICROS.s,
      MICROS.s,
      0,
    ]);
  });

  test("there is no time beyond what can be counted to the microsecond", () => {
    expect(compileCron("0 0 1 1 *", "UTC").after(parseInstant("2255-06-01"))).toBeUndefined();
    expect(compileCron("0 0 1 1 *", "UTC").atOrBefore(parseInstant("2255-06-01"))).toBe(parseInstant("2255-01-01"));
    expect(compileCron("0 0 1 1 *", "UTC").atOrBefore(parseInstant("1684-08-01"))).toBeUndefined();
  });
});

function expressionOf({ minutes, hours, weekdays }: Pattern, months = "*"): string {
  return `${minutes.join(",")} ${typeof hours === "string" ? hours : hours.join(",")} * ${months} ${typeof weekdays === "string" ? weekdays : weekdays.join(",")}`;
}

function walk(next: (at: Micros) => Micros | undefined, from: Micros, to: Micros): readonly Micros[] {
  const found: Micros[] = [];
  for (let at = next(from); at !== undefined && at < to; at = next(at)) found.push(at);
  return found;
}

/** The decided rules, by brute force and with none of our code: every quarter of an hour of the zone's wall, or of elapsed time. */
function counted(pattern: Pattern, zone: string, from: Micros, to: Micros): readonly Micros[] {
  const found = new Set<Micros>();
  for (let at = from - 2 * MICROS.d; at < to + 2 * MICROS.d; at += QUARTER) {
    const instant = Temporal.Instant.fromEpochMilliseconds(at / MICROS.ms);
    if (typeof pattern.hours === "string") {
      if (matches(pattern, instant.toZonedDateTimeISO(zone).toPlainDateTime())) found.add(at);
      continue;
    }
    const wall = instant.toZonedDateTimeISO("UTC").toPlainDateTime();
    if (matches(pattern, wall)) found.add(firstInstant(wall, zone));
  }
  return [...found].filter((at) => from <= at && at < to).sort((one, other) => one - other);
}

function matches({ minutes, hours, weekdays }: Pattern, wall: Temporal.PlainDateTime): boolean {
  const step = typeof hours === "string" ? Number(hours.slice(2) || "1") : 1;
  const hourFits = typeof hours === "string" ? wall.hour % step === 0 : hours.includes(wall.hour);
  return minutes.includes(wall.minute) && hourFits && (weekdays === "*" || weekdays.includes(wall.dayOfWeek % 7));
}

function firstInstant(wall: Temporal.PlainDateTime, zone: string): Micros {
  const shown = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  const skipped = !shown.toPlainDateTime().equals(wall);
  const at = skipped ? shown.getTimeZoneTransition("next") : shown;
  return (at?.epochMilliseconds ?? NaN) * MICROS.ms;
}
