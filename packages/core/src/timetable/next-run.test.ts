import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatInstant, parseInstant } from "../model/instant-text.ts";
import { MICROS, type Micros } from "../model/instant.ts";
import { compileCron } from "./cron-times.ts";
import { manualInterval } from "./manual-interval.ts";
import { nextRun, upcomingRuns, type NextRunQuery } from "./next-run.ts";
import type { DueRun, Schedule, TimeSchedule } from "./schedule.ts";

const at = parseInstant;
const daily: Schedule = { kind: "cron", expression: "0 0 * * *", zone: "UTC" };
const morning: Schedule = { kind: "cronTrigger", expression: "0 6 * * *", zone: "UTC" };
const everyHour: Schedule = { kind: "interval", everyMicros: MICROS.h };

/** A query at noon on 2025-10-10, without catchup. */
function aQuery(query: Partial<NextRunQuery> = {}): NextRunQuery {
  return { catchup: false, now: at("2025-10-10T12:00:00Z"), ...query };
}

function aLast(start: string, end: string): NonNullable<NextRunQuery["last"]> {
  return { logicalDate: at(start), intervalStart: at(start), intervalEnd: at(end) };
}

/** `logical date, interval start – end, run after`, short enough to compare by eye; a part that repeats is left out. */
function told(run: DueRun | undefined): string {
  if (run === undefined) return "none";
  const short = (instant: Micros): string => formatInstant(instant).slice(5, 16);
  return `${short(run.logicalDate)}: ${short(run.intervalStart)} to ${short(run.intervalEnd)}, after ${short(run.runAfter)}`;
}

describe("cron with data intervals", () => {
  test("without a last run the latest complete interval is next", () => {
    expect(told(nextRun(daily, aQuery()))).toBe("10-09T00:00: 10-09T00:00 to 10-10T00:00, after 10-10T00:00");
    expect(told(nextRun(daily, aQuery({ catchup: true })))).toBe(
      "10-09T00:00: 10-09T00:00 to 10-10T00:00, after 10-10T00:00",
    );
  });

  test("an interval that ends this very microsecond is complete", () => {
    expect(told(nextRun(daily, aQuery({ now: at("2025-10-10") })))).toBe(
      "10-09T00:00: 10-09T00:00 to 10-10T00:00, after 10-10T00:00",
    );
    expect(told(nextRun(daily, aQuery({ now: at("2025-10-10") - 1 })))).toBe(
      "10-08T00:00: 10-08T00:00 to 10-09T00:00, after 10-09T00:00",
    );
  });

  test("with catchup the first interval begins at the first time from the start on", () => {
    expect(told(nextRun(daily, aQuery({ catchup: true, start: at("2025-10-01T00:00:00Z") })))).toBe(
      "10-01T00:00: 10-01T00:00 to 10-02T00:00, after 10-02T00:00",
    );
    expect(told(nextRun(daily, aQuery({ catchup: true, start: at("2025-10-01T00:00:01Z") })))).toBe(
      "10-02T00:00: 10-02T00:00 to 10-03T00:00, after 10-03T00:00",
    );
  });

  test("no run is before the start, also without catchup", () => {
    expect(told(nextRun(daily, aQuery({ start: at("2025-10-20T08:00:00Z") })))).toBe(
      "10-21T00:00: 10-21T00:00 to 10-22T00:00, after 10-22T00:00",
    );
  });

  test("the end bounds logical dates and includes its own instant", () => {
    const last = aLast("2025-10-08", "2025-10-09");
    expect(told(nextRun(daily, aQuery({ last, end: at("2025-10-09") })))).toBe(
      "10-09T00:00: 10-09T00:00 to 10-10T00:00, after 10-10T00:00",
    );
    expect(nextRun(daily, aQuery({ last, end: at("2025-10-09") - 1 }))).toBeUndefined();
  });

  test("after an outage catchup goes on where it stopped, and no catchup skips to the latest complete interval", () => {
    const last = aLast("2025-10-01", "2025-10-02");
    expect(told(nextRun(daily, aQuery({ last, catchup: true })))).toBe(
      "10-02T00:00: 10-02T00:00 to 10-03T00:00, after 10-03T00:00",
    );
    expect(told(nextRun(daily, aQuery({ last })))).toBe("10-09T00:00: 10-09T00:00 to 10-10T00:00, after 10-10T00:00");
  });

  test("two missed intervals, the second of which ends this very microsecond, leave the second", () => {
    const last = aLast("2025-10-08", "2025-10-09");
    expect(told(nextRun(daily, aQuery({ last, now: at("2025-10-11") })))).toBe(
      "10-10T00:00: 10-10T00:00 to 10-11T00:00, after 10-11T00:00",
    );
    expect(told(nextRun(daily, aQuery({ last, now: at("2025-10-11") - 1 })))).toBe(
      "10-09T00:00: 10-09T00:00 to 10-10T00:00, after 10-10T00:00",
    );
  });

  test("a changed expression aligns, and never repeats a logical date", () => {
    const weekly: Schedule = { kind: "cron", expression: "0 0 * * FRI", zone: "UTC" };
    expect(told(nextRun(weekly, aQuery({ last: aLast("2025-10-08T03:00:00Z", "2025-10-09T03:00:00Z") })))).toBe(
      "10-10T00:00: 10-10T00:00 to 10-17T00:00, after 10-17T00:00",
    );
    expect(told(nextRun(weekly, aQuery({ last: aLast("2025-10-10", "2025-10-11") })))).toBe(
      "10-17T00:00: 10-17T00:00 to 10-24T00:00, after 10-24T00:00",
    );
  });

  test("there is no next run beyond the year 2255", () => {
    expect(nextRun(daily, aQuery({ start: Number.MAX_SAFE_INTEGER - 10, catchup: true }))).toBeUndefined();
    expect(
      nextRun(
        daily,
        aQuery({
          last: {
            logicalDate: Number.MAX_SAFE_INTEGER - 10,
            intervalStart: 0,
            intervalEnd: Number.MAX_SAFE_INTEGER - 10,
          },
        }),
      ),
    ).toBeUndefined();
    expect(nextRun(morning, aQuery({ start: Number.MAX_SAFE_INTEGER - 10 }))).toBeUndefined();
  });
});

describe("cron as a trigger", () => {
  test("the logical date is the cron time, and the interval has no length", () => {
    expect(told(nextRun(morning, aQuery()))).toBe("10-10T06:00: 10-10T06:00 to 10-10T06:00, after 10-10T06:00");
  });

  test("the interval ends at the trigger and has the length that was asked for", () => {
    expect(told(nextRun({ ...morning, intervalMicros: MICROS.d }, aQuery()))).toBe(
      "10-10T06:00: 10-09T06:00 to 10-10T06:00, after 10-10T06:00",
    );
  });

  test("with a last run the next trigger follows; missed ones are made up for with catchup alone", () => {
    const last = aLast("2025-10-07T06:00:00Z", "2025-10-07T06:00:00Z");
    expect(told(nextRun(morning, aQuery({ last, catchup: true })))).toBe(
      "10-08T06:00: 10-08T06:00 to 10-08T06:00, after 10-08T06:00",
    );
    expect(told(nextRun(morning, aQuery({ last })))).toBe("10-10T06:00: 10-10T06:00 to 10-10T06:00, after 10-10T06:00");
    expect(told(nextRun(morning, aQuery({ last: aLast("2025-10-10T06:00:00Z", "2025-10-10T06:00:00Z") })))).toBe(
      "10-11T06:00: 10-11T06:00 to 10-11T06:00, after 10-11T06:00",
    );
  });

  test("a start in the future is waited for", () => {
    expect(told(nextRun(morning, aQuery({ start: at("2025-11-01") })))).toBe(
      "11-01T06:00: 11-01T06:00 to 11-01T06:00, after 11-01T06:00",
    );
  });
});

describe("fixed intervals", () => {
  test("without a last run the first one ends now", () => {
    expect(told(nextRun(everyHour, aQuery()))).toBe("10-10T11:00: 10-10T11:00 to 10-10T12:00, after 10-10T12:00");
    expect(told(nextRun(everyHour, aQuery({ start: at("2025-10-01") })))).toBe(
      "10-10T11:00: 10-10T11:00 to 10-10T12:00, after 10-10T12:00",
    );
  });

  test("with catchup the first one begins at the start", () => {
    expect(told(nextRun(everyHour, aQuery({ start: at("2025-10-01T00:30:00Z"), catchup: true })))).toBe(
      "10-01T00:30: 10-01T00:30 to 10-01T01:30, after 10-01T01:30",
    );
  });

  test("a run that was made late does not shift those after it", () => {
    const last = aLast("2025-10-10T10:00:00Z", "2025-10-10T11:00:00Z");
    expect(told(nextRun(everyHour, aQuery({ last, now: at("2025-10-10T12:40:00Z") })))).toBe(
      "10-10T11:00: 10-10T11:00 to 10-10T12:00, after 10-10T12:00",
    );
  });

  test("a whole missed interval is skipped, so that the next one ends now", () => {
    const last = aLast("2025-10-10T09:00:00Z", "2025-10-10T10:00:00Z");
    expect(told(nextRun(everyHour, aQuery({ last, now: at("2025-10-10T12:10:00Z") })))).toBe(
      "10-10T11:10: 10-10T11:10 to 10-10T12:10, after 10-10T12:10",
    );
    expect(told(nextRun(everyHour, aQuery({ last, catchup: true })))).toBe(
      "10-10T10:00: 10-10T10:00 to 10-10T11:00, after 10-10T11:00",
    );
  });

  test("a logical date that is taken moves by a microsecond", () => {
    const last = aLast("2025-10-10T12:00:00Z", "2025-10-10T12:00:00Z");
    expect(nextRun(everyHour, aQuery({ last }))?.logicalDate).toBe(last.logicalDate + 1);
  });
});

describe("other schedules", () => {
  test("once is one run at the start, or now", () => {
    const once: Schedule = { kind: "once" };
    expect(told(nextRun(once, aQuery()))).toBe("10-10T12:00: 10-10T12:00 to 10-10T12:00, after 10-10T12:00");
    expect(told(nextRun(once, aQuery({ start: at("2025-11-01") })))).toBe(
      "11-01T00:00: 11-01T00:00 to 11-01T00:00, after 11-01T00:00",
    );
    expect(nextRun(once, aQuery({ last: aLast("2025-10-01", "2025-10-01") }))).toBeUndefined();
  });

  test("continuous goes on where the last interval ended", () => {
    const continuous: Schedule = { kind: "continuous" };
    expect(told(nextRun(continuous, aQuery({ last: aLast("2025-10-10T10:00:00Z", "2025-10-10T11:00:00Z") })))).toBe(
      "10-10T11:00: 10-10T11:00 to 10-10T12:00, after 10-10T12:00",
    );
    expect(told(nextRun(continuous, aQuery({ start: at("2025-10-09") })))).toBe(
      "10-09T00:00: 10-09T00:00 to 10-10T12:00, after 10-10T12:00",
    );
    expect(told(nextRun(continuous, aQuery({ start: at("2025-11-01") })))).toBe(
      "11-01T00:00: 11-01T00:00 to 11-01T00:00, after 11-01T00:00",
    );
    expect(upcomingRuns(continuous, aQuery(), 5)).toHaveLength(1);
  });

  test("of listed events the latest due one is next, all with catchup", () => {
    const events: Schedule = {
      kind: "events",
      at: [at("2025-10-01"), at("2025-10-09"), at("2025-10-20"), at("2025-10-30")],
    };
    const dates = (query: Partial<NextRunQuery>): readonly string[] =>
      upcomingRuns(events, aQuery(query), 9).map((run) => formatInstant(run.logicalDate).slice(8, 10));
    expect(dates({})).toEqual(["09", "20", "30"]);
    expect(dates({ catchup: true })).toEqual(["01", "09", "20", "30"]);
    expect(dates({ catchup: true, start: at("2025-10-02"), end: at("2025-10-20") })).toEqual(["09", "20"]);
    expect(dates({ last: aLast("2025-10-30", "2025-10-30") })).toEqual([]);
  });

  test("a custom timetable's times are taken as they are handed in", () => {
    const run: DueRun = {
      logicalDate: at("2025-10-09"),
      intervalStart: at("2025-10-08"),
      intervalEnd: at("2025-10-11"),
      runAfter: at("2025-10-12"),
    };
    expect(nextRun({ kind: "custom", name: "trading_days" }, aQuery({ custom: [run] }))).toEqual(run);
    expect(nextRun({ kind: "custom", name: "trading_days" }, aQuery())).toBeUndefined();
  });

  test("no schedule and assets ask for nothing by the clock; assets or time follow the time", () => {
    const rule = { asset: "file:///a" };
    expect(nextRun({ kind: "none" }, aQuery())).toBeUndefined();
    expect(nextRun({ kind: "assets", rule }, aQuery())).toBeUndefined();
    expect(nextRun({ kind: "assetsOrTime", rule, time: daily as TimeSchedule }, aQuery())).toEqual(
      nextRun(daily, aQuery()),
    );
  });
});

describe("intervals of runs that somebody triggers", () => {
  const noon = at("2025-10-10T12:00:00Z");
  test.each<[string, Schedule, string, string]>([
    ["cron: the latest complete one", daily, "2025-10-09", "2025-10-10"],
    ["a trigger: the instant", morning, "2025-10-10T12:00:00Z", "2025-10-10T12:00:00Z"],
    [
      "a trigger with a length: that long until now",
      { ...morning, intervalMicros: MICROS.d },
      "2025-10-09T12:00:00Z",
      "2025-10-10T12:00:00Z",
    ],
    ["an interval: that long until now", everyHour, "2025-10-10T11:00:00Z", "2025-10-10T12:00:00Z"],
    [
      "assets or time: as the time does",
      { kind: "assetsOrTime", rule: { asset: "x" }, time: daily as TimeSchedule },
      "2025-10-09",
      "2025-10-10",
    ],
    ["none: the instant", { kind: "none" }, "2025-10-10T12:00:00Z", "2025-10-10T12:00:00Z"],
  ])("%s", (_, schedule, start, end) => {
    expect(manualInterval(schedule, noon)).toEqual({ intervalStart: at(start), intervalEnd: at(end) });
  });

  test("cron at the exact end of an interval takes that interval", () => {
    expect(manualInterval(daily, at("2025-10-10"))).toEqual({
      intervalStart: at("2025-10-09"),
      intervalEnd: at("2025-10-10"),
    });
  });

  test("before the first time that can be counted the interval is the instant", () => {
    const first = at("1684-08-01");
    expect(manualInterval({ kind: "cron", expression: "0 0 1 1 *", zone: "UTC" }, first)).toEqual({
      intervalStart: first,
      intervalEnd: first,
    });
  });
});

describe("over a whole year of a scheduler's life", () => {
  const aSchedule: fc.Arbitrary<Extract<Schedule, { kind: "cron" | "cronTrigger" }>> = fc.record({
    kind: fc.constantFrom("cron" as const, "cronTrigger" as const),
    expression: fc.constantFrom(
      "0 * * * *",
      "30 2 * * *",
      "0 */6 * * *",
      "15 1,2,3 * * *",
      "0 0 * * MON",
      "@monthly",
      "0 9 * * 5#2",
      "0 0 L * *",
    ),
    zone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"),
  });
  const aLife = fc.record({
    schedule: aSchedule,
    start: fc.integer({ min: at("2000-01-01"), max: at("2037-01-01") }),
    steps: fc.array(fc.integer({ min: 1, max: 20 * MICROS.d }), { minLength: 5, maxLength: 25 }),
  });

  /** Advances the time step by step and makes each run as soon as it is seen to be due. */
  function live(schedule: Schedule, start: Micros, steps: readonly number[], catchup: boolean): readonly DueRun[] {
    const made: DueRun[] = [];
    let now = start;
    for (const step of steps) {
      now += step;
      for (
        let run = nextRun(schedule, { last: made.at(-1), start, catchup, now });
        run !== undefined && run.runAfter <= now;
        run = nextRun(schedule, { last: run, start, catchup, now })
      )
        made.push(run);
    }
    return made;
  }

  test("with catchup there is no gap and no repetition, however the time advances", () => {
    fc.assert(
      fc.property(aLife, ({ schedule, start, steps }) => {
        const times = compileCron(schedule.expression, schedule.zone);
        const made = live(schedule, start, steps, true);
        const expected: Micros[] = [];
        const until = start + steps.reduce((sum, step) => sum + step, 0);
        for (let time = times.after(start - 1); time !== undefined && time <= until; time = times.after(time))
          expected.push(time);
        if (schedule.kind === "cron") {
          expect(made.map((run) => run.logicalDate)).toEqual(expected.slice(0, -1));
          expect(made.map((run) => run.intervalEnd)).toEqual(expected.slice(1));
        } else {
          expect(made.map((run) => run.logicalDate)).toEqual(expected);
        }
      }),
      { numRuns: 10 },
    );
  });

  test("without catchup at most the latest interval is made each time one looks, and none twice", () => {
    fc.assert(
      fc.property(aLife, ({ schedule, start, steps }) => {
        const made = live(schedule, start, steps, false);
        expect(made.length).toBeLessThanOrEqual(steps.length);
        made.forEach((run, position) =>
          expect(run.intervalStart).toBeGreaterThanOrEqual(made[position - 1]?.intervalEnd ?? start - MICROS.d),
        );
        expect(new Set(made.map((run) => run.logicalDate)).size).toBe(made.length);
      }),
      { numRuns: 25 },
    );
  });

  test("fixed intervals with catchup touch each other", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 * MICROS.d }),
        fc.array(fc.integer({ min: 1, max: 20 * MICROS.d }), { maxLength: 10 }),
        (every, steps) => {
          const made = live({ kind: "interval", everyMicros: every + MICROS.h }, 0, steps, true);
          made.forEach((run, position) => expect(run.intervalStart).toBe(position * (every + MICROS.h)));
        },
      ),
      { numRuns: 25 },
    );
  });

  test("upcoming runs begin with the next one and go on in order", () => {
    fc.assert(
      fc.property(aLife, fc.boolean(), ({ schedule, start, steps }, catchup) => {
        const query = { start, catchup, now: start + (steps[0] ?? 0) };
        const upcoming = upcomingRuns(schedule, query, 6);
        expect(upcoming).toHaveLength(6);
        expect(upcoming[0]).toEqual(nextRun(schedule, query));
        upcoming
          .slice(1)
          .forEach((run, position) =>
            expect(run.intervalStart).toBe(
              schedule.kind === "cron" ? upcoming[position]?.intervalEnd : run.logicalDate,
            ),
          );
      }),
      { numRuns: 25 },
    );
  });
});
