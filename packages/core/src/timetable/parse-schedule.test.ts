import { describe, expect, test } from "vitest";
import { isMillraceError } from "../errors.ts";
import { MICROS } from "../model/instant.ts";
import { describeSchedule } from "./describe-schedule.ts";
import { parseSchedule, validateSchedule } from "./parse-schedule.ts";
import type { Schedule } from "./schedule.ts";

describe("schedules as text", () => {
  test.each<[string, Schedule]>([
    ["@once", { kind: "once" }],
    ["@continuous", { kind: "continuous" }],
    ["@none", { kind: "none" }],
    ["@daily", { kind: "cron", expression: "@daily", zone: "UTC" }],
    [" 0  6 * * 1-5 ", { kind: "cron", expression: "0 6 * * 1-5", zone: "UTC" }],
    ["15m", { kind: "interval", everyMicros: 15 * MICROS.m }],
    ["1.5h", { kind: "interval", everyMicros: 90 * MICROS.m }],
  ])("%s is read", (text, expected) => {
    expect(parseSchedule(text)).toEqual(expected);
  });

  test("a cron expression is read in the zone given with it", () => {
    expect(parseSchedule("@hourly", "Asia/Kathmandu")).toEqual({
      kind: "cron",
      expression: "@hourly",
      zone: "Asia/Kathmandu",
    });
    expect(() => parseSchedule("@hourly", "Mars/Olympus")).toThrowError(/"Mars\/Olympus"/);
  });

  test.each([
    ["61 * * * *", /"61 \* \* \* \*".*minute "61" \(field 1, column 1\).*0 to 59/],
    ["0 24 * * *", /hour "24" \(field 2, column 3\).*0 to 23/],
    ["0 0 32 * *", /day of month "32" \(field 3, column 5\).*1 to 31/],
    ["0 0 * FOO *", /month "FOO" \(field 4, column 7\).*1 to 12/],
    ["0 0 * * 8", /day of week "8" \(field 5, column 9\).*0 to 7/],
    ["60 0 0 * * *", /second "60" \(field 1, column 1\)/],
    ["0 0 * * 1#6", /day of week "1#6".*1-5/],
    ["0 22-2 * * *", /hour "22-2".*backwards/],
    ["*/0 * * * *", /minute "\*\/0".*stepping/],
    ["* * *", /"\* \* \*".*3 fields/],
    ["* * * * * * *", /7 fields/],
    ["", /0 fields/],
    ["@fortnightly", /"@fortnightly".*@hourly/],
    ["0 0 30 2 *", /no date ever matches/],
    ["12x", /"12x".*15m/],
    ["0m", /0 microseconds/],
  ])("%s is refused, and the message says where and why", (text, message) => {
    const error = caught(() => parseSchedule(text));
    expect(isMillraceError(error) && error.code).toBe("BAD_SCHEDULE");
    expect(String(error)).toMatch(message);
  });
});

describe("schedules as data", () => {
  const rule = { any: [{ asset: "a" }, { all: [{ asset: "b" }, { asset: "c" }] }] };
  test.each<[Schedule, string]>([
    [{ kind: "none" }, "Never, external triggers only"],
    [{ kind: "once" }, "Once, as soon as possible"],
    [{ kind: "continuous" }, "As frequently as possible, but only one run at a time"],
    [{ kind: "interval", everyMicros: 90 * MICROS.s }, "Every 90s"],
    [
      { kind: "cronTrigger", expression: "30 2,14 * * 1-5", zone: "Europe/Berlin" },
      "Every Monday to Friday at 02:30 and 14:30 (Europe/Berlin)",
    ],
    [{ kind: "events", at: [1, 2] }, "At 2 listed times"],
    [{ kind: "events", at: [1] }, "At 1 listed time"],
    [{ kind: "assets", rule: { asset: "s3://a" } }, "When s3://a is updated"],
    [{ kind: "assets", rule }, "When a or (b and c) are updated"],
    [
      { kind: "assetsOrTime", rule, time: { kind: "cron", expression: "@daily", zone: "UTC" } },
      "When a or (b and c) are updated, or: Every day at 00:00 (UTC)",
    ],
    [{ kind: "custom", name: "trading_days" }, "By the timetable trading_days"],
  ])("%j is valid and said to be: %s", (schedule, sentence) => {
    expect(validateSchedule(schedule)).toBeUndefined();
    expect(describeSchedule(JSON.parse(JSON.stringify(schedule)) as Schedule)).toBe(sentence);
  });

  test.each([
    ["* * * * *", "Every minute"],
    ["*/15 * * * *", "Every 15 minutes"],
    ["*/15 * * * 1", "Every 15 minutes, every Monday"],
    ["@hourly", "Every hour"],
    ["5 */2 * * *", "Every 2 hours at minute 5"],
    ["@weekly", "Every Sunday at 00:00"],
    ["0 0 9 * * 7", "Every Sunday at 09:00"],
    ["0 6 1,15 * *", "On day 1 and day 15 of the month at 06:00"],
    ["0 6 L * *", "On the last day of the month at 06:00"],
    ["0 6 * 6-8 *", "Every day in June to August at 06:00"],
    ["@quarterly", "On day 1 of every quarter at 00:00"],
    ["@yearly", "On day 1 of January at 00:00"],
    ...[
      "*/10 30 2 * * *",
      "0 0 * * L5",
      "0 0 5 8 1",
      "0 0 15W * *",
      "*/5 9-17 * * *",
      "0 9-17 * * *",
      "1-5 * * * *",
      "0 0 * JAN *",
      "0 0 1-2-3 * *",
      "0 0 * */3 *",
    ].map((text) => [text, `At the times of cron "${text}"`]),
  ])("cron %s is said to be: %s", (expression, sentence) => {
    expect(describeSchedule({ kind: "cron", expression, zone: "UTC" })).toBe(`${sentence} (UTC)`);
  });

  test.each<[Schedule, RegExp]>([
    [{ kind: "interval", everyMicros: 0 }, /0 microseconds/],
    [{ kind: "interval", everyMicros: 1.5 }, /1.5 microseconds/],
    [{ kind: "cronTrigger", expression: "@daily", zone: "UTC", intervalMicros: -1 }, /-1 microseconds/],
    [{ kind: "cronTrigger", expression: "daily", zone: "UTC" }, /"daily"/],
    [{ kind: "events", at: [2, 1] }, /event 2 is not after event 1/],
    [{ kind: "events", at: [NaN] }, /event 1 \(NaN\)/],
    [{ kind: "custom", name: "" }, /name/],
    [{ kind: "assets", rule: { asset: "" } }, /without a URI/],
    [{ kind: "assets", rule: { any: [{ all: [] }] } }, /"all" lists no assets/],
    [{ kind: "assets", rule: { any: [] } }, /"any" lists no assets/],
    [{ kind: "assetsOrTime", rule: { asset: "a" }, time: { kind: "interval", everyMicros: -1 } }, /-1 microseconds/],
  ])("%j is refused", (schedule, message) => {
    const error = caught(() => validateSchedule(schedule));
    expect(isMillraceError(error) && error.code).toBe("BAD_SCHEDULE");
    expect(String(error)).toMatch(message);
  });
});

function caught(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
