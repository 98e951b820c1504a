import { expect, test } from "vitest";
import { MICROS } from "../model/instant.ts";
import { parseInstant } from "../model/instant-text.ts";
import { neighbourDates } from "./neighbour-dates.ts";
import type { Schedule } from "./schedule.ts";

const at = (text: string): number => parseInstant(text, "UTC");
const day = at("2025-10-02");
const run = {
  runType: "scheduled",
  logicalDate: day,
  intervalStart: day,
  intervalEnd: day + MICROS.d,
} as const;
const DAILY: Schedule = { kind: "cron", expression: "@daily", zone: "UTC" };

test.each([
  [DAILY, "2025-10-01", "2025-10-03"],
  [{ kind: "cron", expression: "0 0 * * 1-5", zone: "UTC" }, "2025-10-01", "2025-10-03"],
  [{ kind: "interval", everyMicros: 6 * MICROS.h }, "2025-10-01T18:00", "2025-10-03"],
  [{ kind: "events", at: [at("2025-09-01"), day, at("2025-12-24")] }, "2025-09-01", "2025-12-24"],
  [{ kind: "assetsOrTime", rule: { asset: "x" }, time: DAILY as never }, "2025-10-01", "2025-10-03"],
] as const satisfies readonly (readonly [Schedule, string, string])[])(
  "%j has %s before and %s after",
  (schedule, previous, next) => {
    expect(neighbourDates(schedule, run)).toEqual({ previous: at(previous), next: at(next) });
  },
);

test("a run that the schedule did not make has its own date on both sides, and one without dates has none", () => {
  expect(neighbourDates(DAILY, { ...run, runType: "manual" })).toEqual({ previous: day, next: day });
  expect(neighbourDates({ kind: "once" }, run)).toEqual({});
});
