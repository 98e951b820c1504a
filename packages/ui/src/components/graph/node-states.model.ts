import type { TaskState } from "@millrace/api";

/** Task instances per state. */
export type StateTotals = Readonly<Partial<Record<TaskState, number>>>;

/** What matters most, first: one failure among thousands is what a node shows. */
const BY_WEIGHT: readonly TaskState[] = [
  "failed",
  "upstream_failed",
  "up_for_retry",
  "running",
  "restarting",
  "deferred",
  "up_for_reschedule",
  "queued",
  "scheduled",
  "none",
  "success",
  "skipped",
  "removed",
];

/** The state that stands for all of them; undefined when there is none. */
export function leadingState(counts: StateTotals): TaskState | undefined {
  return BY_WEIGHT.find((state) => (counts[state] ?? 0) > 0);
}

/** Sums up several totals. */
export function addTotals(all: readonly (StateTotals | undefined)[]): StateTotals {
  const sums: Partial<Record<TaskState, number>> = {};
  for (const counts of all)
    for (const [state, count] of Object.entries(counts ?? {}) as [TaskState, number][])
      sums[state] = (sums[state] ?? 0) + count;
  return sums;
}

/** How many there are in all. */
export function totalOf(counts: StateTotals): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
