import type { Micros } from "../model/instant.ts";
import { compileCron } from "./cron-times.ts";
import type { IntervalBounds, Schedule } from "./schedule.ts";

/**
 * Gives a run that somebody triggers at `at` its data interval: for `cron` the latest complete one, for `interval` one that ends at `at`, for
 * `cronTrigger` one of its length that ends at `at`, otherwise the instant itself.
 *
 * @throws MillraceError BAD_SCHEDULE when a cron expression or zone cannot be read.
 */
export function manualInterval(schedule: Schedule, at: Micros): IntervalBounds {
  switch (schedule.kind) {
    case "cron":
      return latestCronInterval(schedule, at);
    case "cronTrigger":
      return { intervalStart: at - (schedule.intervalMicros ?? 0), intervalEnd: at };
    case "interval":
      return { intervalStart: at - schedule.everyMicros, intervalEnd: at };
    case "assetsOrTime":
      return manualInterval(schedule.time, at);
    case "none":
    case "once":
    case "continuous":
    case "events":
    case "assets":
    case "custom":
      return { intervalStart: at, intervalEnd: at };
    default:
      throw new Error(`unreachable: ${schedule satisfies never}`);
  }
}

function latestCronInterval(schedule: Extract<Schedule, { kind: "cron" }>, at: Micros): IntervalBounds {
  const times = compileCron(schedule.expression, schedule.zone);
  const intervalEnd = times.atOrBefore(at);
  const intervalStart = intervalEnd === undefined ? undefined : times.atOrBefore(intervalEnd - 1);
  if (intervalEnd === undefined || intervalStart === undefined) return { intervalStart: at, intervalEnd: at };
  return { intervalStart, intervalEnd };
}
