import { MillraceError } from "../errors.ts";
import type { Micros } from "../model/instant.ts";
import { compileCron } from "./cron-times.ts";
import type { DueRun, Schedule } from "./schedule.ts";

/** Which stretch of a schedule is wanted. Both bounds belong to it. */
export interface BackfillRange {
  readonly from: Micros;
  readonly to: Micros;
  /** Newest first. */
  readonly reverse: boolean;
  /** Only intervals that were complete at this instant. */
  readonly completeAt: Micros;
}

/**
 * Lists the runs of a schedule whose logical dates lie in a range, in the order of the backfill.
 *
 * @param after the logical date where an earlier page ended; absent = from the beginning.
 * @param limit how many at most.
 * @returns fewer than `limit` only at the end of the range.
 * @throws MillraceError BAD_ARGUMENT when the schedule has no times of its own: {@link refuseBackfill} says why.
 */
export function backfillDates(
  schedule: Schedule,
  range: BackfillRange,
  after: Micros | undefined,
  limit: number,
): readonly DueRun[] {
  // Nothing that begins later can be complete: a reverse walk need not start there.
  const next = stepper(schedule, { ...range, to: Math.min(range.to, range.completeAt) });
  const dates: DueRun[] = [];
  for (let at = after; dates.length < limit;) {
    const run = next(at);
    if (run === undefined || run.logicalDate < range.from || run.logicalDate > range.to) break;
    at = run.logicalDate;
    if (run.runAfter <= range.completeAt) dates.push(run);
    // Later ones are not complete either.
    else if (!range.reverse) break;
  }
  return dates;
}

/** Why a DAG with this schedule cannot be backfilled; undefined when it can. */
export function refuseBackfill(schedule: Schedule): string | undefined {
  switch (schedule.kind) {
    case "cron":
    case "cronTrigger":
    case "interval":
    case "events":
      return undefined;
    case "assetsOrTime":
      return refuseBackfill(schedule.time);
    case "none":
      return "it has no schedule, so no dates are missing; trigger it with a logical date instead";
    case "assets":
      return "it follows assets, not the clock; trigger it with a logical date instead";
    case "once":
    case "continuous":
      return `its schedule is ${schedule.kind}, which has no dates to fill; trigger it with a logical date instead`;
    case "custom":
      return `the times of its own timetable ${schedule.name} are known for the future only; trigger it with a logical date instead`;
    default:
      throw new Error(`unreachable: ${schedule satisfies never}`);
  }
}

/** Gives the run after (or, in reverse, before) a logical date. */
type Step = (after: Micros | undefined) => DueRun | undefined;

function stepper(schedule: Schedule, range: BackfillRange): Step {
  switch (schedule.kind) {
    case "cron":
      return cronSteps(schedule, range, (at, end) => ({
        logicalDate: at,
        intervalStart: at,
        intervalEnd: end,
        runAfter: end,
      }));
    case "cronTrigger":
      return cronSteps(schedule, range, (at) => ({
        logicalDate: at,
        intervalStart: at - (schedule.intervalMicros ?? 0),
        intervalEnd: at,
        runAfter: at,
      }));
    case "interval":
      return intervalSteps(schedule.everyMicros, range);
    case "events":
      return listedSteps(schedule.at, range);
    case "assetsOrTime":
      return stepper(schedule.time, range);
    case "none":
    case "assets":
    case "once":
    case "continuous":
    case "custom":
      throw new MillraceError("BAD_ARGUMENT", `the DAG cannot be backfilled: ${refuseBackfill(schedule) ?? ""}`);
    default:
      throw new Error(`unreachable: ${schedule satisfies never}`);
  }
}

function cronSteps(
  { expression, zone }: { readonly expression: string; readonly zone: string },
  { from, to, reverse }: BackfillRange,
  runAt: (at: Micros, following: Micros) => DueRun,
): Step {
  const times = compileCron(expression, zone);
  return (after) => {
    const at = reverse ? times.atOrBefore(after === undefined ? to : after - 1) : times.after(after ?? from - 1);
    const following = at === undefined ? undefined : times.after(at);
    return at === undefined || following === undefined ? undefined : runAt(at, following);
  };
}

/** Intervals of a fixed length have no times of their own: they are counted from the beginning of the range. */
function intervalSteps(every: Micros, { from, to, reverse }: BackfillRange): Step {
  const last = from + Math.floor((to - from) / every) * every;
  // Before the range when it is empty; the caller stops there.
  return (after) => {
    const at = reverse ? (after === undefined ? last : after - every) : after === undefined ? from : after + every;
    return { logicalDate: at, intervalStart: at, intervalEnd: at + every, runAfter: at + every };
  };
}

function listedSteps(listed: readonly Micros[], { from, to, reverse }: BackfillRange): Step {
  return (after) => {
    const at = reverse
      ? listed.findLast((each) => each <= to && (after === undefined || each < after))
      : listed.find((each) => each >= from && (after === undefined || each > after));
    return at === undefined ? undefined : { logicalDate: at, intervalStart: at, intervalEnd: at, runAfter: at };
  };
}
