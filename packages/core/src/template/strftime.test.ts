import { describe, expect, test } from "vitest";
import { dateTime, formatDateTime, timeDelta } from "./date-time.ts";
import { differenceForHumans } from "./difference-for-humans.ts";
import { parseInstant } from "../model/instant-text.ts";
import vectors from "./python-dates.json" with { type: "json" };
import { strftime, strptime } from "./strftime.ts";
import { aContext } from "./a-context.fixture.ts";
import { renderTemplate } from "./compile-template.ts";

test("dates of all ages print as in Python and are read back", () => {
  const exact = "%Y-%m-%d %H:%M:%S.%f %z";
  for (const [at, printed, iso] of vectors.dates as [number, string, string, string][]) {
    const date = dateTime(at, "UTC");
    expect(strftime(date, vectors.format)).toBe(printed);
    expect(formatDateTime(date)).toBe(iso);
    expect(strptime(strftime(date, exact), exact).at).toBe(at);
  }
});

describe("strptime", () => {
  test.each([
    ["Wed, 31 January 24 %", "%a, %d %B %y %%", "2024-01-31T00:00:00"],
    ["wednesday 1 jan 70", "%A %d %b %y", "1970-01-01T00:00:00"],
    ["12:05 AM", "%I:%M %p", "1900-01-01T00:05:00"],
    ["2024-01-31 10:00:00 -0530", "%F %T %z", "2024-01-31T15:30:00+00:00"],
    ["2024-01-31Z", "%Y-%m-%d%z", "2024-01-31T00:00:00+00:00"],
    ["5.25", "%S.%f", "1900-01-01T00:00:05.250000"],
  ])("reads %s as %s", (text, format, iso) => {
    expect(formatDateTime(strptime(text, format))).toBe(iso);
  });

  test.each([
    ["2024-01-31x", "%Y-%m-%d", "is longer than the form"],
    ["2024-13-01", "%Y-%m-%d", "there is no date"],
    ["x", "%Y", "does not have the form"],
    ["Foo", "%B", "does not have the form"],
    ["x", "%z", "does not have the form"],
    ["x", "%Q", 'no directive "%Q"'],
    ["1600-01-01", "%Y-%m-%d", "dates lie between"],
  ])("refuses %s as %s", (text, format, message) => {
    expect(() => strptime(text, format)).toThrow(message);
  });
});

describe("a difference for humans", () => {
  const now = parseInstant("2024-03-15T12:00:00Z");
  test.each([
    ["2024-03-15T11:59:55Z", "a few seconds ago"],
    ["2024-03-15T11:59:30Z", "30 seconds ago"],
    ["2024-03-15T12:01:00Z", "in 1 minute"],
    ["2024-03-15T09:30:00Z", "2 hours ago"],
    ["2024-03-13T13:30:00Z", "2 days ago"],
    ["2024-03-03T12:00:00Z", "2 weeks ago"],
    ["2024-02-15T12:00:00Z", "1 month ago"],
    ["2024-02-16T12:00:00Z", "4 weeks ago"],
    ["2023-12-20T12:00:00Z", "2 months ago"],
    ["2023-03-20T12:00:00Z", "1 year ago"],
    ["2021-08-01T12:00:00Z", "3 years ago"],
    ["2026-03-15T12:00:00Z", "in 2 years"],
  ])("%s is %s", (at, words) => {
    expect(differenceForHumans(dateTime(parseInstant(at), "UTC"), undefined, now)).toBe(words);
  });
});

describe("members of dates and lengths of time", () => {
  test.each([
    [
      "{{ logical_date.month }} {{ logical_date.day }} {{ logical_date.hour }} {{ logical_date.minute }} {{ logical_date.second }} {{ logical_date.microsecond }}",
      "1 31 12 30 0 0",
    ],
    [
      "{{ logical_date.day_of_week }} {{ logical_date.day_of_year }} {{ logical_date.week_of_year }} {{ logical_date.days_in_month }} {{ logical_date.isoweekday() }}",
      "2 31 5 31 3",
    ],
    [
      "{{ logical_date.int_timestamp }} {{ logical_date.float_timestamp }} {{ logical_date.timezone_name }} {{ logical_date.offset }} {{ logical_date.tz }}",
      "1706704200 1706704200.0 UTC 0 UTC",
    ],
    [
      "{{ logical_date.start_of('hour') | ts }} {{ logical_date.end_of('minute') | ts }} {{ logical_date.end_of('day') | ds }}",
      "2024-01-31T12:00:00+00:00 2024-01-31T12:30:59.999999+00:00 2024-01-31",
    ],
    [
      "{{ logical_date.naive() }} {{ logical_date.to_time_string() }} {{ logical_date.to_datetime_string() }} {{ logical_date.to_iso8601_string() }}",
      "2024-01-31 12:30:00 12:30:00 2024-01-31 12:30:00 2024-01-31T12:30:00Z",
    ],
    [
      "{{ macros.timedelta(seconds=-1).seconds }} {{ macros.timedelta(milliseconds=1500).microseconds }} {{ macros.timedelta(days=1, microseconds=5) }} {{ -macros.timedelta(days=2) }}",
      "86399 500000 1 day, 0:00:00.000005 -2 days, 0:00:00",
    ],
    [
      "{{ macros.timedelta(days=1) + logical_date }} {{ macros.timedelta(days=1) / macros.timedelta(hours=6) }} {{ macros.timedelta(days=1) // macros.timedelta(hours=7) }}",
      "2024-02-01 12:30:00+00:00 4.0 3",
    ],
    [
      "{{ macros.timedelta(days=1) / 2 }} {{ 3 * macros.timedelta(hours=1) }} {{ macros.timedelta(hours=1) - macros.timedelta(minutes=1) }} {{ macros.timedelta(1) > macros.timedelta(0, 5) }}",
      "12:00:00 3:00:00 0:59:00 True",
    ],
    [
      "{{ logical_date.date() - macros.datetime(2024, 1, 1).date() }} {{ logical_date.date() }} {{ [logical_date.date()] }}",
      "30 days, 0:00:00 2024-01-31 [Date(2024, 1, 31)]",
    ],
    [
      "{{ macros.datetime.now('UTC') }} {{ macros.datetime.utcnow() }} {{ macros.datetime.fromtimestamp(0, 'UTC') }} {{ macros.time.strftime('%Y') }}",
      "2024-02-02 00:00:00+00:00 2024-02-02 00:00:00 1970-01-01 00:00:00+00:00 2024",
    ],
  ])("%s", (text, printed) => {
    expect(renderTemplate(text, aContext())).toBe(printed);
  });

  test.each([
    "{{ macros.timedelta(1) / 0 }}",
    "{{ macros.timedelta(1) / macros.timedelta(0) }}",
    "{{ macros.timedelta(1) + 1 }}",
    "{{ macros.timedelta(1) ** 2 }}",
    "{{ logical_date.add(months=0.5) }}",
    "{{ logical_date.date() < logical_date }}",
  ])("%s is refused", (text) => {
    expect(() => renderTemplate(text, aContext())).toThrow("Template ");
  });

  test("a length of time is whole microseconds", () => {
    expect(timeDelta(1.6).micros).toBe(2);
  });
});
