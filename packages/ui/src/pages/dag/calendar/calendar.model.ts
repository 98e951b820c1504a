import type { RunState } from "@millrace/api";

/** A day of the calendar. */
export interface CalendarDay {
  /** Like `2026-01-31`. */
  readonly date: string;
  readonly counts: Readonly<Partial<Record<RunState, number>>>;
  readonly planned: number;
}

/** Seven days from Monday; undefined where the day is of another year. */
export type CalendarWeek = readonly (CalendarDay | undefined)[];

/** A year as weeks, and in which week each month begins. */
export interface CalendarYear {
  readonly weeks: readonly CalendarWeek[];
  readonly monthStarts: readonly number[];
}

const DAY_MS = 86_400_000;

/** Lays out a year. @param days those that have runs; dates are of the zone that was asked for, so no zone matters here */
export function calendarYear(
  year: number,
  days: readonly { readonly date: string; readonly counts: CalendarDay["counts"]; readonly planned?: number }[],
): CalendarYear {
  const known = new Map(days.map((day) => [day.date, day]));
  const first = Date.UTC(year, 0, 1);
  const count = Math.round((Date.UTC(year + 1, 0, 1) - first) / DAY_MS);
  const blank = (new Date(first).getUTCDay() + 6) % 7;
  const weeks: (CalendarDay | undefined)[][] = [];
  const monthStarts: number[] = [];
  for (let day = 0; day < count; day++) {
    const date = new Date(first + day * DAY_MS);
    const place = blank + day;
    const week = (weeks[Math.floor(place / 7)] ??= Array.from({ length: 7 }, () => undefined));
    const text = date.toISOString().slice(0, 10);
    const { counts = {}, planned = 0 } = known.get(text) ?? {};
    week[place % 7] = { date: text, counts, planned };
    if (date.getUTCDate() === 1) monthStarts.push(Math.floor(place / 7));
  }
  return { weeks, monthStarts };
}

/** How a day looks. */
export type DayLook =
  | { readonly kind: "none" }
  | { readonly kind: "planned" }
  /** `failedShare` 0 … 1 of the runs that have ended. */
  | { readonly kind: "ended"; readonly failedShare: number }
  | { readonly kind: "active" };

/** What became of the runs of a day. Runs that go on count more than those that are only planned. */
export function dayLook({ counts, planned }: CalendarDay): DayLook {
  const { success = 0, failed = 0, running = 0, queued = 0 } = counts;
  const ended = success + failed;
  if (ended > 0) return { kind: "ended", failedShare: failed / ended };
  if (running + queued > 0) return { kind: "active" };
  return planned > 0 ? { kind: "planned" } : { kind: "none" };
}

/** How many runs of each state a year has, and how many are planned. */
export function yearTotals(days: readonly { readonly counts: CalendarDay["counts"]; readonly planned?: number }[]): {
  readonly counts: CalendarDay["counts"];
  readonly planned: number;
} {
  const counts: Partial<Record<RunState, number>> = {};
  let planned = 0;
  for (const day of days) {
    planned += day.planned ?? 0;
    for (const [state, count] of Object.entries(day.counts) as [RunState, number][])
      counts[state] = (counts[state] ?? 0) + count;
  }
  return { counts, planned };
}
