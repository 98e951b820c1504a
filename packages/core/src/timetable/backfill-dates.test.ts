import { expect, test } from "vitest";
import { formatInstant, parseInstant } from "../model/instant-text.ts";
import { backfillDates, refuseBackfill, type BackfillRange } from "./backfill-dates.ts";
import type { Schedule } from "./schedule.ts";

const DAILY: Schedule = { kind: "cron", expression: "0 0 * * *", zone: "UTC" };
const DAY = 86_400_000_000;
const at = (text: string): number => parseInstant(text, "UTC");
const range = (from: string, to: string, wish: Partial<BackfillRange> = {}): BackfillRange => ({
  from: at(from),
  to: at(to),
  reverse: false,
  completeAt: at("2030-01-01"),
  ...wish,
});
const days = (schedule: Schedule, wish: BackfillRange, after?: number, limit = 100): readonly string[] =>
  backfillDates(schedule, wish, after, limit).map(({ logicalDate }) => formatInstant(logicalDate).slice(5, 16));

test("a cron gives the logical dates of the range, both ends included, oldest first", () => {
  expect(days(DAILY, range("2025-03-01", "2025-03-04"))).toEqual([
    "03-01T00:00",
    "03-02T00:00",
    "03-03T00:00",
    "03-04T00:00",
  ]);
  const [first] = backfillDates(DAILY, range("2025-03-01T01:00", "2025-03-04"), undefined, 1);
  expect(first).toEqual({
    logicalDate: at("2025-03-02"),
    intervalStart: at("2025-03-02"),
    intervalEnd: at("2025-03-03"),
    runAfter: at("2025-03-03"),
  });
});

test("reverse gives the same dates, newest first, and pages meet without gap or overlap", () => {
  for (const reverse of [false, true]) {
    const wish = range("2025-03-01", "2025-03-20T12:00", { reverse });
    const all = days(DAILY, wish);
    expect(all).toHaveLength(20);
    const paged: string[] = [];
    for (let after: number | undefined; ;) {
      const page = backfillDates(DAILY, wish, after, 3);
      paged.push(...page.map(({ logicalDate }) => formatInstant(logicalDate).slice(5, 16)));
      if (page.length < 3) break;
      after = page[2].logicalDate;
    }
    expect(paged).toEqual(all);
    expect(reverse ? all.toReversed() : all).toEqual([...all].sort());
  }
});

test("intervals that are not complete are left out, in both directions", () => {
  const wish = { completeAt: at("2025-03-03T12:00") };
  expect(days(DAILY, range("2025-03-01", "2025-03-10", wish))).toEqual(["03-01T00:00", "03-02T00:00"]);
  expect(days(DAILY, range("2025-03-01", "2025-03-10", { ...wish, reverse: true }))).toEqual([
    "03-02T00:00",
    "03-01T00:00",
  ]);
});

test("a clock change neither loses nor doubles a date", () => {
  const berlin: Schedule = { kind: "cron", expression: "30 2 * * *", zone: "Europe/Berlin" };
  const forward = days(berlin, range("2025-03-29", "2025-03-31T12:00"));
  expect(forward).toEqual(["03-29T01:30", "03-30T01:00", "03-31T00:30"]);
  expect(days(berlin, range("2025-03-29", "2025-03-31T12:00", { reverse: true }))).toEqual(forward.toReversed());
});

test("fixed intervals are counted from the beginning of the range; listed instants are those in it", () => {
  const sixHours: Schedule = { kind: "interval", everyMicros: DAY / 4 };
  expect(days(sixHours, range("2025-03-01T02:00", "2025-03-01T20:00"))).toEqual([
    "03-01T02:00",
    "03-01T08:00",
    "03-01T14:00",
    "03-01T20:00",
  ]);
  expect(days(sixHours, range("2025-03-01T02:00", "2025-03-01T19:00", { reverse: true }))).toEqual([
    "03-01T14:00",
    "03-01T08:00",
    "03-01T02:00",
  ]);
  const listed: Schedule = { kind: "events", at: ["2025-01-01", "2025-02-01", "2025-03-01"].map(at) };
  expect(days(listed, range("2025-01-02", "2025-03-01"))).toEqual(["02-01T00:00", "03-01T00:00"]);
  expect(days(listed, range("2025-01-02", "2025-03-01", { reverse: true }), at("2025-03-01"))).toEqual(["02-01T00:00"]);
});

test("a cron trigger has its dates at the end of its intervals", () => {
  const trigger: Schedule = { kind: "cronTrigger", expression: "0 0 * * *", zone: "UTC", intervalMicros: DAY };
  expect(backfillDates(trigger, range("2025-03-02", "2025-03-02"), undefined, 9)).toEqual([
    {
      logicalDate: at("2025-03-02"),
      intervalStart: at("2025-03-01"),
      intervalEnd: at("2025-03-02"),
      runAfter: at("2025-03-02"),
    },
  ]);
});

test("a schedule without dates of its own is refused with what to do instead", () => {
  for (const schedule of [
    { kind: "none" },
    { kind: "once" },
    { kind: "continuous" },
    { kind: "assets", rule: { asset: "a" } },
    { kind: "custom", name: "mine" },
  ] satisfies Schedule[]) {
    expect(refuseBackfill(schedule)).toContain("trigger it with a logical date instead");
    expect(() => backfillDates(schedule, range("2025-01-01", "2025-01-02"), undefined, 1)).toThrow(
      "cannot be backfilled",
    );
  }
  expect(refuseBackfill(DAILY)).toBeUndefined();
});
