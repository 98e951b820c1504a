import { MillraceError } from "../errors.ts";
import { parseDuration } from "../model/duration.ts";
import { formatInstant, parseInstant } from "../model/instant-text.ts";
import type { Duration, Micros } from "../model/instant.ts";
import { compileCron } from "../timetable/cron-times.ts";
import type { DueRun, Schedule, TimeSchedule } from "../timetable/schedule.ts";
import { assetRuleOf, type AssetExpression } from "./asset.ts";

const TIMETABLE = Symbol.for("millrace.timetable");

/** A data interval that a custom timetable asks for. ISO 8601 with offset. */
export interface CustomInterval {
  readonly start: string;
  readonly end: string;
  /** Default `start`. */
  readonly logicalDate?: string;
  /** Default `end`. */
  readonly runAfter?: string;
}

/** The interval after `after` (end of the last one, the DAG's start, or now for the first; ISO 8601 in UTC), or nothing more. Pure. */
export type NextInterval = (after: string) => CustomInterval | null | undefined;

/** A timetable in user code. */
export interface CustomTimetable {
  readonly name: string;
  readonly next: NextInterval;
}

/**
 * Data intervals between cron times, as Airflow 2 has them: the run of an interval starts at its end.
 *
 * @param expression 5 or 6 fields (with seconds first), or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@quarterly`, `@yearly`.
 * @param zone time zone of the wall clock. Default UTC.
 * @throws MillraceError BAD_SCHEDULE
 */
export function cron(expression: string, zone = "UTC"): TimeSchedule {
  compileCron(expression, zone);
  return { kind: "cron", expression, zone };
}

/** Runs at cron times, as Airflow 3 has them: the logical date is the cron time itself. `interval` gives the length of the data interval that ends there; default 0. */
export function cronTrigger(
  expression: string,
  options: { readonly zone?: string; readonly interval?: Duration } = {},
): TimeSchedule {
  const { zone = "UTC", interval } = options;
  compileCron(expression, zone);
  return {
    kind: "cronTrigger",
    expression,
    zone,
    ...(interval !== undefined && { intervalMicros: parseDuration(interval) }),
  };
}

/** Data intervals of a fixed length, one after the other. */
export function every(length: Duration): TimeSchedule {
  const everyMicros = parseDuration(length);
  if (everyMicros < 1_000_000)
    throw new MillraceError("BAD_SCHEDULE", `every("${length}"): the shortest interval is 1s`);
  return { kind: "interval", everyMicros };
}

/** One run, at the DAG's start. */
export function once(): TimeSchedule {
  return { kind: "once" };
}

/** The next run starts when the last one has ended. */
export function continuous(): TimeSchedule {
  return { kind: "continuous" };
}

/** Runs at the given instants (ISO 8601, UTC without an offset). */
export function events(at: readonly string[]): TimeSchedule {
  const instants = [...new Set(at.map((text) => parseInstant(text, "UTC")))].sort((a, b) => a - b);
  if (instants.length === 0) throw new MillraceError("BAD_SCHEDULE", "events([]): name at least one instant");
  return { kind: "events", at: instants };
}

/** Runs when the assets were updated and also by the clock. */
export function assetsOrTime(assets: AssetExpression, time: TimeSchedule): Schedule {
  const both = { kind: "assetsOrTime", rule: assetRuleOf(assets), time } as const;
  const timetable = timetableOf(time);
  return timetable ? Object.assign(both, { [TIMETABLE]: timetable }) : both;
}

/** A timetable in code. It is asked in the DAG processor for some of its next times ahead, so it must be pure and fast. */
export function customTimetable(name: string, next: NextInterval): TimeSchedule {
  return Object.assign({ kind: "custom", name } as const, { [TIMETABLE]: { name, next } satisfies CustomTimetable });
}

/** The code behind a schedule, when it is a custom timetable. */
export function timetableOf(schedule: object): CustomTimetable | undefined {
  return (schedule as { readonly [TIMETABLE]?: CustomTimetable })[TIMETABLE];
}

/**
 * Asks a custom timetable for its next times, at most `count`, each after the one before.
 *
 * @throws MillraceError BAD_SCHEDULE when an interval goes back in time or cannot be read; whatever the user's code throws.
 */
export function nextCustomTimes(timetable: CustomTimetable, after: Micros, count: number): readonly DueRun[] {
  const times: DueRun[] = [];
  let last = after;
  while (times.length < count) {
    const interval = timetable.next(formatInstant(last));
    if (!interval) break;
    const run = readInterval(interval);
    if (run.intervalEnd < run.intervalStart || run.intervalEnd <= last) {
      throw new MillraceError(
        "BAD_SCHEDULE",
        `timetable ${timetable.name}: the interval ${interval.start} to ${interval.end} does not end after ${formatInstant(last)}`,
      );
    }
    times.push(run);
    last = run.intervalEnd;
  }
  return times;
}

function readInterval(interval: CustomInterval): DueRun {
  const { start, end, logicalDate = start, runAfter = end } = interval;
  return {
    intervalStart: parseInstant(start),
    intervalEnd: parseInstant(end),
    logicalDate: parseInstant(logicalDate),
    runAfter: parseInstant(runAfter),
  };
}
