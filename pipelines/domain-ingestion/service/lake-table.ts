/** How far each reader-and-writer has come, by a name it chooses: an offset, a version of another table. */
export type Progress = Readonly<Record<string, number>>;

/** A write and the progress it stands for: both are committed together or not at all, which makes each input count once. */
export interface ProgressStep {
  /** What the writer saw before it read its input; a name that is missing was never written. */
  readonly expected: Progress;
  readonly next: Progress;
}

/** What became of a write. */
export type WriteResult =
  | { readonly kind: "committed"; readonly version: number; readonly rows: number }
  /** Nothing was written, as there was neither a row nor progress. */
  | { readonly kind: "unchanged" }
  /** Nothing was written, as another writer had changed the table meanwhile: read again from its progress. */
  | { readonly kind: "superseded" };

/** Rows to merge: each change is folded into the row that has its key. */
export interface Merge<Row, Change> {
  readonly changes: AsyncIterable<Change> | Iterable<Change>;
  readonly keyOf: (item: Row | Change) => string;
  readonly fold: (known: Row | undefined, change: Change) => Row;
  /** Brings a row that no change concerns up to date, where the merge rewrites its file anyway. */
  readonly refresh: (row: Row) => Row;
}

/** What a table knows about itself, whatever its rows are. */
export interface VersionedTable {
  readonly name: string;
  /** Version of the newest commit; −1 while there is none. */
  version(): Promise<number>;
  progress(): Promise<Progress>;
  /** Milliseconds since the epoch at which version `version` was committed. */
  committedAt(version: number): Promise<number>;
  /** Removes what is older than `retentionMs` and not in the newest version: rows of old versions, remains of killed writes. */
  vacuum(retentionMs: number): Promise<{ readonly removedFiles: number }>;
}

/**
 * A versioned table: the part of Delta Lake that this pipeline needs. A reader sees whole commits only.
 *
 * Every method may throw `LakeError` when the table cannot be reached, read or written.
 */
export interface LakeTable<Row> extends VersionedTable {
  append(rows: AsyncIterable<Row> | Iterable<Row>, step: ProgressStep): Promise<WriteResult>;
  merge<Change>(merge: Merge<Row, Change>, step: ProgressStep): Promise<WriteResult>;
  /** All rows of the newest version, in no promised order. */
  read(): AsyncIterable<Row>;
  /** Rows that appends added after version `after`, up to and with `until`, oldest first. */
  readAppended(after: number, until: number): AsyncIterable<Row>;
}
