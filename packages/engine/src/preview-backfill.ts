import {
  backfillAction,
  backfillDates,
  type BackfillAction,
  type BackfillWish,
  type DueRun,
  type Micros,
  type Queries,
  type RunAtDate,
  type Schedule,
} from "@millrace/core";

/** Dates that are looked at together. */
const DATES_PER_LOOK = 500;

/** What a backfill would do at one of its dates. */
export interface PreviewedDate extends DueRun {
  readonly action: BackfillAction;
  /** The run that stands there. */
  readonly run?: RunAtDate;
}

/** Says date by date what a backfill would do if it began at `now`, in its order, with the rules that its owner follows. */
export async function* previewBackfill(
  queries: Pick<Queries, "runsAtDates">,
  schedule: Schedule,
  wish: BackfillWish,
  now: Micros,
): AsyncGenerator<PreviewedDate> {
  const range = { from: wish.from, to: wish.to, reverse: wish.reverse, completeAt: now };
  for (let after: Micros | undefined; ;) {
    const dates = backfillDates(schedule, range, after, DATES_PER_LOOK);
    const found = await queries.runsAtDates(
      wish.dagId,
      dates.map((date) => date.logicalDate),
    );
    const runs = new Map(found.map((run) => [run.logicalDate, run]));
    for (const date of dates) {
      const run = runs.get(date.logicalDate);
      yield { ...date, action: backfillAction(run, wish.reprocess), ...(run && { run }) };
    }
    if (dates.length < DATES_PER_LOOK) return;
    after = dates[dates.length - 1].logicalDate;
  }
}
