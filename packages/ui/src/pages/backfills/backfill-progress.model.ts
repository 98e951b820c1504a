import type { AnswerOf, getBackfill } from "@millrace/api";

/** A backfill as the server tells of it. */
export type Backfill = AnswerOf<typeof getBackfill>;

/** How much of its range a backfill has gone through, from 0 to 1. It says nothing of whether the runs have ended. */
export function shareOfDates({ state, from, to, cursor, reverse }: BackfillRange): number {
  if (state === "ended") return 1;
  if (cursor === undefined) return 0;
  const [first, last, at] = [Date.parse(from), Date.parse(to), Date.parse(cursor)];
  if (first === last) return 1;
  const share = reverse ? (last - at) / (last - first) : (at - first) / (last - first);
  return Math.min(1, Math.max(0, share));
}

/** What {@link shareOfDates} looks at. */
export interface BackfillRange {
  readonly state: Backfill["state"];
  readonly from: string;
  readonly to: string;
  /** All dates up to this one, in its direction, are done with. */
  readonly cursor?: string;
  readonly reverse: boolean;
}
