import type { Micros } from "../model/instant.ts";
import type { RunState } from "../model/states.ts";

/** Which existing runs a backfill runs again: none, failed ones (their failed tasks), or all that have ended (all their tasks). */
export type Reprocess = "none" | "failed" | "completed";

/** `paused`: makes no more runs for now; `cancelled`: for good; runs that have begun go on either way. `ended`: every date is done with. */
export type BackfillState = "running" | "paused" | "cancelled" | "ended";

/** Runs for a stretch of a DAG's schedule, made by its owner a few at a time. */
export interface BackfillWish {
  readonly dagId: string;
  /** Logical dates; both belong to it. */
  readonly from: Micros;
  readonly to: Micros;
  readonly reprocess: Reprocess;
  /** Newest first. */
  readonly reverse: boolean;
  /** Runs of it that are unfinished at the same time; they do not count for the DAG's own limit. */
  readonly maxActiveRuns: number;
  /** JSON text of an object, null when none is given. */
  readonly conf: string | null;
  /** The tasks that its runs have. Absent = all. */
  readonly taskIds?: readonly string[];
}

/** A backfill as it stands. */
export interface BackfillRow extends BackfillWish {
  readonly backfillId: number;
  readonly state: BackfillState;
  readonly by: string;
  readonly createdAt: Micros;
  /** All dates up to this one, in its direction, are done with. */
  readonly cursor?: Micros;
  readonly endedAt?: Micros;
}

/** A backfill with what became of it so far. */
export interface BackfillInfo extends BackfillRow {
  /** Its runs by state; states without any are left out. */
  readonly counts: Readonly<Partial<Record<RunState, number>>>;
}

/** A run that stands at a logical date. */
export interface RunAtDate {
  readonly runId: number;
  readonly runKey: string;
  readonly logicalDate: Micros;
  readonly state: RunState;
  readonly backfillId?: number;
}
