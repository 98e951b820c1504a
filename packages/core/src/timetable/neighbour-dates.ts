import type { Micros } from "../model/instant.ts";
import type { RunType } from "../model/states.ts";
import { compileCron } from "./cron-times.ts";
import { nextRun } from "./next-run.ts";
import type { IntervalBounds, Schedule } from "./schedule.ts";

/** Logical dates of the scheduled runs before and after one, as far as the schedule says them. */
export interface NeighbourDates {
  readonly previous?: Micros;
  readonly next?: Micros;
}

/**
 * The logical dates that the schedule has before and after a run, whether or not there are such runs (Airflow's `prev_ds` and `next_ds`). A run
 * that the schedule did not make has itself on both sides, as in Airflow.
 *
 * @throws MillraceError BAD_SCHEDULE when a cron expression or zone cannot be read.
 */
export function neighbourDates(
  schedule: Schedule,
  run: IntervalBounds & { readonly logicalDate: Micros; readonly runType: RunType },
): NeighbourDates {
  const { logicalDate, runType } = run;
  if (runType === "manual" || runType === "asset_triggered") return { previous: logicalDate, next: logicalDate };
  const previous = dateBefore(schedule, logicalDate);
  const next = nextRun(schedule, { last: run, catchup: true, now: run.intervalEnd })?.logicalDate;
  return { ...(previous !== undefined && { previous }), ...(next !== undefined && { next }) };
}

function dateBefore(schedule: Schedule, at: Micros): Micros | undefined {
  switch (schedule.kind) {
    case "cron":
    case "cronTrigger":
      return compileCron(schedule.expression, schedule.zone).atOrBefore(at - 1);
    case "interval":
      return at - schedule.everyMicros;
    case "events":
      return schedule.at.findLast((instant) => instant < at);
    case "assetsOrTime":
      return dateBefore(schedule.time, at);
    case "none":
    case "assets":
    case "once":
    case "continuous":
    case "custom":
      return undefined;
    default:
      throw new Error(`unreachable: ${schedule satisfies never}`);
  }
}
