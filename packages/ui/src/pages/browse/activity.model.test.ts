import { expect, test } from "vitest";
import { countBy, isSpan, spanOf } from "./activity.model.ts";

test("a span ends now", () => {
  const now = Date.parse("2026-03-02T12:00:00Z");
  expect(spanOf("hour", now)).toBe("2026-03-02T11:00:00.000Z");
  expect(spanOf("week", now)).toBe("2026-02-23T12:00:00.000Z");
});

test("only the offered spans are spans", () => {
  expect([isSpan("day"), isSpan("year"), isSpan(undefined)]).toEqual([true, false, false]);
});

test("counts are summed by what is asked", () => {
  const rows = [
    { runType: "manual", state: "failed", count: 2 },
    { runType: "manual", state: "success", count: 5 },
    { runType: "backfill", state: "failed", count: 1 },
  ];
  expect(countBy(rows, "state")).toEqual({ failed: 3, success: 5 });
  expect(countBy(rows, "runType")).toEqual({ manual: 7, backfill: 1 });
});
