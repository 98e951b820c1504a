import { expect, test } from "vitest";
import { axisRange, axisTimes } from "./axis-times.model.ts";

const at = (text: string): number => Date.parse(text) / 1_000;

test("ticks are times of the zone, with the date where it changes", () => {
  const ticks = ["2025-10-01T20:00:00Z", "2025-10-01T22:00:00Z", "2025-10-02T00:00:00Z"].map(at);
  expect(axisTimes(ticks, "UTC")).toEqual(["20:00\n2025-10-01", "22:00", "00:00\n2025-10-02"]);
  expect(axisTimes(ticks, "Europe/Berlin")).toEqual(["22:00\n2025-10-01", "00:00\n2025-10-02", "02:00"]);
});

test("ticks a day apart are dates, ticks within a minute have seconds", () => {
  expect(axisTimes([at("2025-10-01T00:00:00Z"), at("2025-10-02T00:00:00Z")], "UTC")).toEqual([
    "2025-10-01",
    "2025-10-02",
  ]);
  expect(axisTimes([at("2025-10-01T00:00:00Z"), at("2025-10-01T00:00:05Z")], "UTC")[1]).toBe("00:00:05");
});

test("an axis shows all times, and an hour where there is only one", () => {
  expect(axisRange(1_000, 5_000)).toEqual([1_000, 5_000]);
  expect(axisRange(10_000, 10_000)).toEqual([8_200, 11_800]);
  expect(axisRange(null, null)).toEqual([null, null]);
});
