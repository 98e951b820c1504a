import type { Micros } from "./instant.ts";

/** How long the history of a DAG is kept. Each limit is enough for something to go; null = no limit. */
export interface RetentionPolicy {
  /** From a run's end. */
  readonly runsMicros: Micros | null;
  /** Ended runs at most; the ones made last stay. */
  readonly maxRuns: number | null;
  /** From a run's end, of its tries' logs. Never longer than the run itself. */
  readonly logsMicros: Micros | null;
  /** Ended runs that have logs at most; the ones made last. */
  readonly maxRunsWithLogs: number | null;
}

/** Keeps everything. */
export const KEEP_ALL: RetentionPolicy = { runsMicros: null, maxRuns: null, logsMicros: null, maxRunsWithLogs: null };
