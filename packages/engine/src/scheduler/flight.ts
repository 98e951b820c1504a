import type { CommitResult, RunEvent } from "@millrace/core";
import type { Batch } from "./batch.ts";

/** What each run of a batch was planned for, to offer it again. */
export type EventsByRun = ReadonlyMap<number, readonly RunEvent[]>;

/** How the database took a batch: as a whole, or not at all because it refuses some value. */
export type CommitOutcome =
  { readonly kind: "answered"; readonly result: CommitResult } | { readonly kind: "refused"; readonly message: string };

/** A batch between its commit and its effects. The scheduler plans other runs meanwhile, so that it and the database work at the same time. */
export interface Flight {
  readonly batch: Batch;
  readonly events: EventsByRun;
  /** Rejects when the commit failed for another reason than its values. */
  readonly outcome: Promise<CommitOutcome>;
  isOver: boolean;
}
