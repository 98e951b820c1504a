import { expect, test } from "vitest";
import { parseInstant } from "../model/instant-text.ts";
import { formatInZone } from "../model/zone-text.ts";
import { explainRun, zoneOf } from "./explain-run.ts";
import { upcomingRuns } from "./next-run.ts";
import type { Schedule } from "./schedule.ts";

function notesFrom(expression: string, from: string, count: number): readonly (readonly [string, readonly string[]])[] {
  const schedule: Schedule = { kind: "cron", expression, zone: "Europe/Berlin" };
  const at = parseInstant(from, "Europe/Berlin");
  return upcomingRuns(schedule, { catchup: true, start: at, now: at }, count).map((run) => [
    formatInZone(run.runAfter, zoneOf(schedule)),
    explainRun(schedule, run),
  ]);
}

test("a time that does not exist is named, and when the run starts instead", () => {
  expect(notesFrom("30 2 * * *", "2026-03-27T02:30", 3)).toEqual([
    ["2026-03-28T02:30:00+01:00", []],
    [
      "2026-03-29T03:00:00+02:00",
      [
        "02:30 on 2026-03-29 does not exist, clocks go forward to 03:00 on 2026-03-29: it runs then",
        "clocks go forward in its data interval, which is 23 h 30 m long",
      ],
    ],
    ["2026-03-30T02:30:00+02:00", []],
  ]);
});

test("a time that comes twice is named", () => {
  expect(notesFrom("30 2 * * *", "2026-10-24T02:30", 2)).toEqual([
    ["2026-10-25T02:30:00+02:00", ["02:30 on 2026-10-25 comes twice, clocks go back: this is the first time"]],
    ["2026-10-26T02:30:00+01:00", ["clocks go back in its data interval, which is 1 d 1 h long"]],
  ]);
});

test("a cron that steps through hours runs in both, and skips none", () => {
  expect(notesFrom("0 * * * *", "2026-10-25T01:00", 3)).toEqual([
    ["2026-10-25T02:00:00+02:00", ["02:00 on 2026-10-25 comes twice, clocks go back: this is the first time"]],
    ["2026-10-25T02:00:00+01:00", ["02:00 on 2026-10-25 comes twice, clocks go back: this is the second time"]],
    ["2026-10-25T03:00:00+01:00", []],
  ]);
});

test("schedules without a zone of their own are told in UTC, without notes", () => {
  const schedule: Schedule = { kind: "interval", everyMicros: 3_600_000_000 };
  const [run] = upcomingRuns(schedule, { catchup: false, now: parseInstant("2026-03-29T01:00Z") }, 1);
  expect(zoneOf(schedule)).toBe("UTC");
  expect(
    zoneOf({
      kind: "assetsOrTime",
      rule: { asset: "a" },
      time: { kind: "cron", expression: "@daily", zone: "Asia/Tokyo" },
    }),
  ).toBe("Asia/Tokyo");
  expect(explainRun(schedule, run)).toEqual([]);
  expect(formatInZone(0, "America/St_Johns")).toBe("1969-12-31T20:30:00-03:30");
});

test.each(["UTC", "Asia/Kolkata", "Etc/GMT+5"])("%s has nothing unusual: its clocks do not change", (zone) => {
  const schedule: Schedule = { kind: "cron", expression: "30 2 * * *", zone };
  const at = parseInstant("2026-03-29", zone);
  const runs = upcomingRuns(schedule, { catchup: true, start: at, now: at }, 3);
  expect(runs.map((run) => explainRun(schedule, run))).toEqual([[], [], []]);
});
