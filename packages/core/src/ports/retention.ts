import type { Micros } from "../model/instant.ts";
import type { RetentionPolicy } from "../model/retention-policy.ts";

/** What a DAG's newest version says about its history; what it leaves out the configuration says. */
export interface DagRetention {
  readonly dagId: string;
  readonly version: number;
  /** Absent: this version was known to the caller. */
  readonly retention?: Partial<RetentionPolicy>;
}

/** Limits for the runs of one DAG; null = no limit. */
export interface RunLimits {
  readonly dagId: string;
  readonly ageMicros: Micros | null;
  readonly maxRuns: number | null;
}

/** A run whose time is up. */
export interface ExpiredRun {
  readonly runId: number;
  readonly dagId: string;
  /** Of its last change (R2): a run that somebody clears meanwhile stays. */
  readonly version: number;
}

/** Where the lines of a kept try lie. */
export interface KeptSegment {
  readonly host: string;
  readonly segment: string;
}

/** What one bounded step has deleted. */
export interface RemovedRows {
  readonly rows: number;
  /** Another step finds more. False when only what comes of age meanwhile may be left. */
  readonly isMore: boolean;
}

/**
 * The database's side of retention. All of it is bounded, repeatable, and harmless when a process dies in the middle or when two do it at once: a run
 * goes by one transaction that is guarded like a commit (R2); what it leaves behind is written down there, and cleared away afterwards.
 */
export interface RetentionStore {
  /** Tables that an archive has. */
  readonly archivedTables: readonly string[];
  /** True when this one may go on for the next ten minutes: nobody else is at it. Schedulers have ids from 1 on; others take any below 0. */
  claim(holder: number): Promise<boolean>;
  /** Lets the next one begin. */
  release(holder: number): Promise<void>;
  /** All DAGs; `retention` of those whose version differs from the known one. */
  dagRetentions(known: ReadonlyMap<string, number>): Promise<readonly DagRetention[]>;
  /**
   * Ended runs beyond their DAG's limits, the ones made first first. Never: the newest run of a DAG, its newest success, the run before an unfinished one,
   * one of an open backfill, one with a callback under way or an asset event that nobody has used yet, one that ended in the last 2 minutes.
   */
  findExpired(limits: readonly RunLimits[], most: number): Promise<readonly ExpiredRun[]>;
  /** Which of these runs are there. */
  existingRuns(runIds: readonly number[]): Promise<ReadonlySet<number>>;
  /** Writes the rows of runs in a table, each as a line of JSON. */
  exportRows(table: string, runIds: readonly number[], write: (chunk: Uint8Array) => Promise<void>): Promise<void>;
  /** Removes runs: from now on they are gone for everybody. @returns those that this call removed. */
  removeRuns(runs: readonly ExpiredRun[]): Promise<ReadonlySet<number>>;
  /** Deletes asset events that came from outside so long ago and that nothing needs any more. @returns how many. */
  removeOutsideEvents(ageMicros: Micros): Promise<number>;
  /** Deletes deliveries of webhooks that are older, null = none, and what they were told apart by when that has expired. @returns how many deliveries. */
  removeDeliveries(ageMicros: Micros | null): Promise<number>;
  /** Deletes audit entries that are older, the oldest first, some at a time. */
  removeAudit(ageMicros: Micros): Promise<RemovedRows>;
  /** Deletes answers to commands that are older than an hour, some at a time. */
  removeAnswers(): Promise<RemovedRows>;
  /** Folds differences into the totals of runs and task instances (`Totals`), some at a time. */
  foldTotals(): Promise<RemovedRows>;
  /** Drops partitions that have no runs any more and get none again. @returns how many. */
  dropPartitions(): Promise<number>;
  /**
   * Deletes the rows that some removed runs have left in partitioned tables. Where a whole partition may be about to go, they wait `patienceMicros` for that.
   *
   * @returns of how many runs; 0 = nothing is left to do.
   */
  sweepRows(patienceMicros: Micros): Promise<number>;
  /** Removed runs whose large results may still be there. */
  runsWithBlobs(most: number): Promise<readonly number[]>;
  /** Their large results are gone. */
  blobsGone(runIds: readonly number[]): Promise<void>;
  /** Removes versions that no run and no try uses and that were replaced a day ago, and bundles without version. @returns how many versions. */
  removeVersions(): Promise<number>;
  /** Which of these bundles the database has. */
  knownBundles(hashes: readonly string[]): Promise<ReadonlySet<string>>;
  /** How long the try that has run for longest has been at work; 0 when none runs. Segments that were written last before that have no lines of a try that runs. */
  longestTry(): Promise<Micros>;
  /** Log segments of kept tries, run by run from `afterRunId` on: those of runs within their DAG's limits. */
  keptSegments(
    limits: readonly RunLimits[],
    afterRunId: number,
  ): Promise<{ readonly segments: readonly KeptSegment[]; readonly lastRunId: number | undefined }>;
}
