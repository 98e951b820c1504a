import { expect, test } from "vitest";
import { aContext, deferralOf } from "../testing/a-context.ts";
import { waitAfterInterval } from "./wait-after-interval.ts";
import { waitUntil } from "./wait-until.ts";
import { waitUntilTime } from "./wait-until-time.ts";

// It is noon of 2025-10-02 UTC, the data interval ended at midnight.

test("a date and time in the future is waited for without a slot, one that has passed no more", async () => {
  const ctx = aContext();
  expect(await deferralOf(() => waitUntil.spec.run({ at: "2025-10-02T12:00:01Z" }, ctx))).toEqual({
    until: "2025-10-02T12:00:01+00:00",
  });
  expect(waitUntil.spec.run({ at: "2025-10-02T12:00:00Z" }, ctx)).toEqual({ until: "2025-10-02T12:00:00+00:00" });
});

test.each([
  ["2025-10-02T18:00", "Europe/Berlin", "2025-10-02T16:00:00+00:00"],
  ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00+00:00"],
  ["2025-10-26T02:30", "Europe/Berlin", "2025-10-26T00:30:00+00:00"],
])("%s on the wall of %s is %s", async (at, zone, until) => {
  expect(await deferralOf(() => waitUntil.spec.run({ at, zone }, aContext()))).toEqual({ until });
});

test("a time of day is that of the day on which the interval ends", async () => {
  const at = async (options: { time: string; zone?: string }, end: string): Promise<unknown> => {
    const dataInterval = { start: "2025-10-01T00:00:00+00:00", end };
    const ctx = aContext({ dataInterval, now: () => "2025-10-01T00:00:00+00:00" });
    return await deferralOf(() => waitUntilTime.spec.run(options, ctx));
  };
  const midnight = "2025-10-02T00:00:00+00:00";
  expect(await at({ time: "09:00" }, midnight)).toEqual({ until: "2025-10-02T09:00:00+00:00" });
  expect(await at({ time: "09:00:30", zone: "Europe/Berlin" }, midnight)).toEqual({
    until: "2025-10-02T07:00:30+00:00",
  });
  // In New York it is still the first of October then.
  expect(await at({ time: "22:00", zone: "America/New_York" }, midnight)).toEqual({
    until: "2025-10-02T02:00:00+00:00",
  });
  expect(await at({ time: "09:00" }, "2025-10-02T15:00:00.000001+00:00")).toEqual({
    until: "2025-10-02T09:00:00+00:00",
  });
});

test("a time of day that has passed is waited for no more", () => {
  expect(waitUntilTime.spec.run({ time: "11:59" }, aContext())).toEqual({ until: "2025-10-02T11:59:00+00:00" });
});

test.each(["9:00", "24:00", "09:60", "nine"])("%s is no time of day", (time) => {
  expect(() => waitUntilTime.spec.run({ time }, aContext())).toThrow("is not a time of day");
});

test("a zone that is none is named", () => {
  expect(() => waitUntilTime.spec.run({ time: "09:00", zone: "Mars/Base" }, aContext())).toThrow("Mars/Base");
});

test("a delay counts from the end of the data interval", async () => {
  expect(await deferralOf(() => waitAfterInterval.spec.run({ delay: "13h" }, aContext()))).toEqual({
    until: "2025-10-02T13:00:00+00:00",
  });
  expect(waitAfterInterval.spec.run({ delay: "1h" }, aContext())).toEqual({ until: "2025-10-02T01:00:00+00:00" });
});
