/** A query of Spark Structured Streaming, as far as its source tells of it. */
export interface StreamingQuery {
  /** Its name; its id when it has none. */
  readonly name: string;
  readonly id: string;
  readonly runId: string;
  /** False when it has ended; undefined when the source does not say. */
  readonly isActive?: boolean;
  /** The last batch. */
  readonly batchId?: number;
  /** When it was last at work: ISO 8601. */
  readonly lastProgress?: string;
  readonly inputRowsPerSecond?: number;
  readonly processedRowsPerSecond?: number;
  /** Why it ended, or which batch has failed. */
  readonly error?: string;
}
