import type { Micros } from "../model/instant.ts";
import { compileCron, type CronTimes } from "./cron-times.ts";
import type { IntervalBounds, DueRun, Schedule } from "./schedule.ts";

/** What a schedule needs to know to say what comes next. */
export interface NextRunQuery {
  /** The latest run that the schedule made (not a manual one). */
  readonly last?: IntervalBounds & { readonly logicalDate: Micros };
  /** No logical date before this. */
  readonly start?: Micros;
  /** No logical date after this. */
  readonly end?: Micros;
  /** True: every missed interval gets its run, in order. False: only the latest complete one. */
  readonly catchup: boolean;
  readonly now: Micros;
  /** The upcoming times of a `custom` timetable, in ascending order. */
  readonly custom?: readonly DueRun[];
}

/**
 * Says which run the schedule makes next. It is due when its `runAfter` is not after `now`, else that is when to ask again.
 *
 * Pure, and stable while nothing happens: until the returned run is made (and comes back as `last`), asking again at a later `now` gives the
 * same run, or, without catchup, a later one because a newer interval is complete. Its logical date is always after that of `last`.
 * Without a start and without a last run there is nothing to catch up from: the latest complete interval is the first.
 *
 * @returns undefined when the schedule asks for nothing more by the clock: its end is past, it only follows assets, or it has no times left.
 * @throws MillraceError BAD_SCHEDULE when a cron expression or zone cannot be read.
 */
export function nextRun(schedule: Schedule, query: NextRunQuery): DueRun | undefined {
  const run = propose(schedule, query);
  if (run === undefined || (query.end !== undefined && run.logicalDate > query.end)) return undefined;
  return run;
}

/**
 * Lists the next `count` runs, due ones first, as if each were made as soon as it is due. A continuous schedule has only one: when the next
 * one starts is not known before this one has ended.
 */
export function upcomingRuns(schedule: Schedule, query: NextRunQuery, count: number): readonly DueRun[] {
  const runs: DueRun[] = [];
  const limit = schedule.kind === "continuous" ? Math.min(count, 1) : count;
  let state = query;
  while (runs.length < limit) {
    const run = nextRun(schedule, state);
    if (run === undefined) break;
    runs.push(run);
    state = { ...state, last: run, now: Math.max(state.now, run.runAfter) };
  }
  return runs;
}

function propose(schedule: Schedule, query: NextRunQuery): DueRun | undefined {
  switch (schedule.kind) {
    case "none":
    case "assets":
      return undefined;
    case "once":
      return query.last === undefined ? exactly(query.start ?? query.now) : undefined;
    case "continuous":
      return nextContinuous(query);
    case "cron":
      return nextCronInterval(compileCron(schedule.expression, schedule.zone), query);
    case "cronTrigger":
      return nextCronTrigger(compileCron(schedule.expression, schedule.zone), schedule.intervalMicros ?? 0, query);
    case "interval":
      return nextInterval(schedule.everyMicros, query);
    case "events":
      return nextListed(schedule.at.map(exactly), query);
    case "custom":
      return nextListed(query.custom ?? [], query);
    case "assetsOrTime":
      return propose(schedule.time, query);
    default:
      throw new Error(`unreachable: ${schedule satisfies never}`);
  }
}

function nextContinuous({ last, start, now }: NextRunQuery): DueRun {
  const from = later(followOn(last), start) ?? now;
  return interval(from, Math.max(from, now));
}

function nextCronInterval(times: CronTimes, query: NextRunQuery): DueRun | undefined {
  const { last, start, catchup, now } = query;
  const earliest = start === undefined ? undefined : times.after(start - 1);
  const following = last === undefined ? undefined : cronFollowOn(times, last);
  if ((start !== undefined && earliest === undefined) || (last !== undefined && following === undefined))
    return undefined;
  const oldest = later(following, earliest);
  const from = oldest === undefined || !catchup ? skipToLatest(times, oldest, now) : oldest;
  const to = from === undefined ? undefined : times.after(from);
  return from === undefined || to === undefined ? undefined : interval(from, to);
}

/** Where the next interval starts after `last`; a schedule that was changed may not meet the old end, nor repeat the old logical date. */
function cronFollowOn(times: CronTimes, last: NonNullable<NextRunQuery["last"]>): Micros | undefined {
  const aligned = times.atOrBefore(last.intervalEnd);
  return aligned !== undefined && aligned > last.logicalDate ? aligned : times.after(last.logicalDate);
}

/** The start of the latest interval that is complete at `now`, but not before `oldest`. */
function skipToLatest(times: CronTimes, oldest: Micros | undefined, now: Micros): Micros | undefined {
  if (oldest !== undefined) {
    // Nearly always nothing was missed; then the neighbours, which are remembered, are enough.
    const end = times.after(oldest);
    const following = end === undefined || end > now ? undefined : times.after(end);
    if (following === undefined || following > now) return oldest;
  }
  const latestEnd = times.atOrBefore(now);
  return later(oldest, latestEnd === undefined ? undefined : times.atOrBefore(latestEnd - 1));
}

function nextCronTrigger(times: CronTimes, length: Micros, query: NextRunQuery): DueRun | undefined {
  const { last, start, catchup, now } = query;
  const following = last === undefined ? undefined : times.after(Math.max(last.intervalEnd, last.logicalDate));
  const earliest = start === undefined ? undefined : times.after(start - 1);
  if ((last !== undefined && following === undefined) || (start !== undefined && earliest === undefined))
    return undefined;
  const oldest = later(following, earliest);
  const at = oldest === undefined || !catchup ? later(oldest, times.atOrBefore(now)) : oldest;
  return at === undefined ? undefined : { logicalDate: at, intervalStart: at - length, intervalEnd: at, runAfter: at };
}

function nextInterval(every: Micros, { last, start, catchup, now }: NextRunQuery): DueRun {
  const oldest = later(followOn(last), start);
  if (oldest === undefined) return interval(now - every, now);
  // Skipping only from the second missed interval on keeps the rhythm: a run that is made a little late must not shift all later ones.
  const missed = last === undefined ? oldest + every <= now : oldest + 2 * every <= now;
  const from = !catchup && missed ? now - every : oldest;
  return interval(from, from + every);
}

function nextListed(runs: readonly DueRun[], { last, start, end, catchup, now }: NextRunQuery): DueRun | undefined {
  const open = runs.filter(
    (run) =>
      (last === undefined || run.logicalDate > last.logicalDate) &&
      (start === undefined || run.logicalDate >= start) &&
      (end === undefined || run.logicalDate <= end),
  );
  const latestDue = catchup ? undefined : open.findLast((run) => run.runAfter <= now);
  return latestDue ?? open[0];
}

/** The end of the last interval, moved on by a microsecond where a run of no length already has that logical date. */
function followOn(last: NextRunQuery["last"]): Micros | undefined {
  return last === undefined ? undefined : Math.max(last.intervalEnd, last.logicalDate + 1);
}

function later(one: Micros | undefined, other: Micros | undefined): Micros | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}

function interval(from: Micros, to: Micros): DueRun {
  return { logicalDate: from, intervalStart: from, intervalEnd: to, runAfter: to };
}

function exactly(at: Micros): DueRun {
  return interval(at, at);
}
