import { expect, test } from "vitest";
import { fromWall, toWall } from "./wall-time.model.ts";

test.each([
  ["2026-01-15T08:30", "Europe/Vienna", "2026-01-15T07:30:00.000Z"],
  ["2026-07-15T08:30", "Europe/Vienna", "2026-07-15T06:30:00.000Z"],
  ["2026-07-15T08:30", "UTC", "2026-07-15T08:30:00.000Z"],
  ["2026-07-15T08:30", "Asia/Kolkata", "2026-07-15T03:00:00.000Z"],
])("%s on a wall of %s is %s", (wall, zone, instant) => {
  expect(fromWall(wall, zone)).toBe(instant);
  expect(toWall(instant, zone)).toBe(wall);
});

test.each(["0002-03-04T10:00", "0020-03-04T10:00", "0202-03-04T10:00"])(
  "%s, a year that is not typed to its end, stands in the field as it is typed",
  (wall) => {
    expect(toWall(fromWall(wall, "UTC"), "UTC")).toBe(wall);
    expect(toWall(fromWall(wall, "Europe/Vienna"), "Europe/Vienna")).toBe(wall);
    expect(toWall(fromWall(wall, "America/New_York"), "America/New_York")).toBe(wall);
  },
);

test("a time that comes twice is the first", () => {
  expect(fromWall("2026-10-25T02:30", "Europe/Vienna")).toBe("2026-10-25T00:30:00.000Z");
});

test("a time that clocks skip is as far after the change as it is written", () => {
  expect(fromWall("2026-03-29T02:30", "Europe/Vienna")).toBe("2026-03-29T01:30:00.000Z");
});

test("what is no time is none", () => {
  expect(fromWall("", "UTC")).toBeUndefined();
  expect(fromWall("soon", "UTC")).toBeUndefined();
  expect(toWall("soon", "UTC")).toBe("");
  expect(toWall(undefined, "UTC")).toBe("");
});

test("seconds stay where they are asked for", () => {
  expect(toWall("2026-07-01T10:00:30Z", "Europe/Vienna", "second")).toBe("2026-07-01T12:00:30");
  expect(fromWall("2026-07-01T12:00:30", "Europe/Vienna")).toBe("2026-07-01T10:00:30.000Z");
});
