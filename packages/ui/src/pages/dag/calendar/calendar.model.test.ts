import { expect, test } from "vitest";
import { calendarYear, dayLook, yearTotals } from "./calendar.model.ts";

test("a year begins on its first day's place in the week, and has all its days", () => {
  // 2026 begins on a Thursday, 2024 is a leap year that begins on a Monday.
  const { weeks, monthStarts } = calendarYear(2026, []);
  expect(weeks[0]?.map((day) => day?.date)).toEqual([
    undefined,
    undefined,
    undefined,
    "2026-01-01",
    "2026-01-02",
    "2026-01-03",
    "2026-01-04",
  ]);
  expect(weeks.flat().filter((day) => day !== undefined)).toHaveLength(365);
  expect(monthStarts).toHaveLength(12);
  expect(weeks[monthStarts[2] ?? 0]?.some((day) => day?.date === "2026-03-01")).toBe(true);
  expect(
    calendarYear(2024, [])
      .weeks.flat()
      .filter((day) => day !== undefined),
  ).toHaveLength(366);
  expect(calendarYear(2024, []).weeks[0]?.[0]?.date).toBe("2024-01-01");
});

test("days have what became of their runs, and what is planned", () => {
  const { weeks } = calendarYear(2026, [{ date: "2026-01-04", counts: { success: 2, failed: 1 }, planned: 3 }]);
  expect(weeks[0]?.[6]).toEqual({ date: "2026-01-04", counts: { success: 2, failed: 1 }, planned: 3 });
});

test("a day looks as its runs ended; else as they go on; else as they are planned", () => {
  const look = (counts: object, planned = 0) => dayLook({ date: "", counts, planned });
  expect(look({ success: 3, failed: 1, running: 1 }, 2)).toEqual({ kind: "ended", failedShare: 0.25 });
  expect(look({ queued: 1 }, 2)).toEqual({ kind: "active" });
  expect(look({}, 2)).toEqual({ kind: "planned" });
  expect(look({})).toEqual({ kind: "none" });
});

test("a year adds up", () => {
  expect(yearTotals([{ counts: { success: 2 } }, { counts: { success: 1, failed: 1 }, planned: 4 }])).toEqual({
    counts: { success: 3, failed: 1 },
    planned: 4,
  });
});
