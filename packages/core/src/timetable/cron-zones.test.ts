// Cron in real time zones, against two implementations that share nothing with ours: cron-parser, and counting with Intl alone.
import { CronExpressionParser } from "cron-parser";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatInstant, parseInstant } from "../model/instant-text.ts";
import { MICROS, type Micros } from "../model/instant.ts";
import { compileCron } from "./cron-times.ts";

const ZONES = [
  "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia",
  "Asia/Tehran", "America/Caracas", "Asia/Pyongyang", "Africa/Cairo", "America/Asuncion", "Asia/Gaza", "Antarctica/Troll", "Pacific/Chatham",
]; // prettier-ignore
const QUARTER = 15 * MICROS.m;
const aZone = fc.constantFrom(...ZONES);
const anInstant = fc.integer({ min: parseInstant("1992-01-01"), max: parseInstant("2037-06-01") });

test("away from clock changes they are what cron-parser says", () => {
  const expressions = [
    "* * * * *", "*/7 * * * *", "0 */2 * * *", "30 2 * * *", "0 0 * * *", "15 1,14 * * *", "0 0 1,15 * 5", "0 0 L * *", "0 12 * * MON-FRI",
    "45 23 * * 0", "*/20 9-17 * * 1-5", "0 3 1 * *", "0 0 * * 5L", "30 4 * * 5#2", "*/10 5 4 * * *", "0 0 29 2 *",
  ]; // prettier-ignore
  let compared = 0;
  fc.assert(
    fc.property(aZone, anInstant, fc.constantFrom(...expressions), (zone, at, expression) => {
      const next = compileCron(expression, zone).after(at) ?? NaN;
      if (!isSteady(zone, at) || !isSteady(zone, next)) return;
      compared += 1;
      const currentDate = new Date(Math.floor(at / MICROS.ms));
      const said = CronExpressionParser.parse(expression, { tz: zone, currentDate }).next().getTime() * MICROS.ms;
      expect(formatInstant(next)).toBe(formatInstant(said));
    }),
    { numRuns: 600 },
  );
  expect(compared).toBeGreaterThan(500);
});

interface Hours {
  readonly text: string;
  readonly fits: (hour: number) => boolean;
  readonly steps: boolean;
}

const listed = (hours: readonly number[]): Hours => ({
  text: hours.join(","),
  fits: (hour) => hours.includes(hour),
  steps: false,
});
const stepping = (step: number): Hours => ({ text: `*/${step}`, fits: (hour) => hour % step === 0, steps: true });
const someHours = fc.oneof(
  fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 4 }).map(listed),
  fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1 }).map(listed),
  fc.constantFrom(1, 2, 3, 6).map(stepping),
);
const someMinutes = fc.uniqueArray(fc.constantFrom(0, 15, 30, 45), { minLength: 1 });

/** Found with Intl alone. Fewer zones than above have changes in every year, so that the year is part of the draw. */
const aChange = fc
  .record({ zone: aZone, from: anInstant })
  .map(({ zone, from }) => ({ zone, at: changeAfter(zone, from) }))
  .filter((change): change is { readonly zone: string; readonly at: Micros } => change.at !== undefined);

test("at a clock change fixed hours run once and at the first instant, stepping hours follow elapsed time", () => {
  fc.assert(
    fc.property(aChange, someHours, someMinutes, ({ zone, at }, hours, minutes) => {
      const [from, to] = [at - 30 * MICROS.h, at + 30 * MICROS.h];
      const times = compileCron(`${minutes.join(",")} ${hours.text} * * *`, zone);
      const found: Micros[] = [];
      for (let time = times.after(from - 1); time !== undefined && time < to; time = times.after(time))
        found.push(time);
      const counted = hours.steps ? countedByElapsed : countedByWall;
      const expected = counted(zone, { from, to, fits: (wall) => fitsWall(wall, hours, minutes) });
      expect(found.map(formatInstant)).toEqual(expected.map(formatInstant));
    }),
    { numRuns: 150 },
  );
});

interface Count {
  readonly from: Micros;
  readonly to: Micros;
  readonly fits: (wall: Micros) => boolean;
}

/** Every quarter of an hour that passes, whatever the clock does. */
function countedByElapsed(zone: string, { from, to, fits }: Count): readonly Micros[] {
  return quarters(from, to).filter((at) => fits(wallAt(zone, at)));
}

/** Every wall time that fits, at the first instant at which the clock shows it or a later one. */
function countedByWall(zone: string, { from, to, fits }: Count): readonly Micros[] {
  const instants = quarters(from - 30 * MICROS.h, to + 30 * MICROS.h);
  const shown = instants.map((at) => wallAt(zone, at));
  const found = new Set<Micros>();
  for (const wall of quarters(shown[0], shown[shown.length - 1])) {
    if (!fits(wall)) continue;
    let at = instants[shown.findIndex((each) => each >= wall)];
    // Some clocks were changed a minute after midnight.
    while (wallAt(zone, at - MICROS.m) >= wall) at -= MICROS.m;
    found.add(at);
  }
  return [...found].filter((at) => from <= at && at < to).sort((one, other) => one - other);
}

function fitsWall(wall: Micros, hours: Hours, minutes: readonly number[]): boolean {
  const date = new Date(wall / MICROS.ms);
  return hours.fits(date.getUTCHours()) && minutes.includes(date.getUTCMinutes());
}

function quarters(from: Micros, to: Micros): readonly Micros[] {
  const first = Math.ceil(from / QUARTER) * QUARTER;
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / QUARTER)) }, (_, n) => first + n * QUARTER);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall shows, as if it were UTC. */
function wallAt(zone: string, at: Micros): Micros {
  let format = formats.get(zone);
  if (format === undefined) {
    const all = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
    format = new Intl.DateTimeFormat("en-US", { ...all, second: "numeric", timeZone: zone, hourCycle: "h23" });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(at / MICROS.ms).map(({ type, value }) => [type, Number(value)]));
  const [year, month, day] = [parts.get("year") ?? NaN, parts.get("month") ?? NaN, parts.get("day") ?? NaN];
  return Date.UTC(year, month - 1, day, parts.get("hour"), parts.get("minute"), parts.get("second")) * MICROS.ms;
}

function offsetAt(zone: string, at: Micros): Micros {
  const second = Math.floor(at / MICROS.s) * MICROS.s;
  return wallAt(zone, second) - second;
}

/** No clock change within a day and a half. */
function isSteady(zone: string, at: Micros): boolean {
  const here = offsetAt(zone, at);
  return [-36, -18, 18, 36].every((hours) => offsetAt(zone, at + hours * MICROS.h) === here);
}

/** The first clock change within some years, to the quarter of an hour. */
function changeAfter(zone: string, from: Micros): Micros | undefined {
  const start = Math.floor(from / QUARTER) * QUARTER;
  const before = offsetAt(zone, start);
  for (let days = 7; days < 4 * 365; days += 7) {
    if (offsetAt(zone, start + days * MICROS.d) === before) continue;
    let [low, high] = [start + (days - 7) * MICROS.d, start + days * MICROS.d];
    while (high - low > QUARTER) {
      const middle = low + Math.floor((high - low) / 2 / QUARTER) * QUARTER;
      if (offsetAt(zone, middle) === before) low = middle;
      else high = middle;
    }
    return high;
  }
  return undefined;
}
