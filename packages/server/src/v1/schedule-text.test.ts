import { expect, test } from "vitest";
import { iniText } from "./ini-text.ts";
import { v1DatasetExpression, v1Schedule } from "./schedule-text.ts";

test("every schedule is an interval, a text or null: what clients accept", () => {
  const cron = { kind: "cron", expression: "0 6 * * *", zone: "UTC" } as const;
  const rule = { any: [{ asset: "a" }, { all: [{ asset: "b" }, { asset: "c" }] }] };
  const text = (value: string) => ({ __type: "CronExpression", value });
  expect(v1Schedule({ kind: "none" })).toBeNull();
  expect(v1Schedule(cron)).toEqual(text("0 6 * * *"));
  expect(v1Schedule({ ...cron, kind: "cronTrigger" })).toEqual(text("0 6 * * *"));
  expect(v1Schedule({ kind: "once" })).toEqual(text("@once"));
  expect(v1Schedule({ kind: "continuous" })).toEqual(text("@continuous"));
  expect(v1Schedule({ kind: "interval", everyMicros: 90_000_000 })).toMatchObject({ __type: "TimeDelta", seconds: 90 });
  expect(v1Schedule({ kind: "events", at: [1, 2] })).toEqual(text("2 events"));
  expect(v1Schedule({ kind: "custom", name: "lunar" })).toEqual(text("lunar"));
  expect(v1Schedule({ kind: "assets", rule })).toEqual(text("Dataset"));
  expect(v1Schedule({ kind: "assetsOrTime", rule, time: cron })).toEqual(text("Dataset or 0 6 * * *"));
  const every = { kind: "interval", everyMicros: 90_000_000 } as const;
  expect(v1Schedule({ kind: "assetsOrTime", rule, time: every })).toEqual(text("Dataset or every 90 s"));
});

test("the datasets of a schedule are an expression of any and all", () => {
  expect(v1DatasetExpression({ kind: "none" })).toBeNull();
  expect(v1DatasetExpression({ kind: "assets", rule: { asset: "a" } })).toEqual({ all: ["a"] });
  const rule = { any: [{ asset: "a" }, { all: [{ asset: "b" }, { asset: "c" }] }] };
  expect(v1DatasetExpression({ kind: "assets", rule })).toEqual({ any: ["a", { all: ["b", "c"] }] });
});

test("INI text has an empty line between sections, and values of several lines stay one value", () => {
  const sections = [
    { name: "a", options: [{ key: "x", value: "1\n[b]\r\ny = 2" }] },
    { name: "b", options: [] },
  ];
  expect(iniText(sections)).toBe("[a]\nx = 1\n\t[b]\n\ty = 2\n\n[b]\n");
});
