// The actions of the Delta transaction log that are read here. What others wrote may have more fields, and leave out most.

/** Rows of a data file that are deleted without the file being written again. */
export interface DeletionVector {
  readonly storageType: string;
  readonly pathOrInlineDv: string;
  readonly offset?: number | null;
  readonly cardinality: number | bigint;
}

/** A data file becomes part of the table. */
export interface AddFile {
  /** Percent-encoded, relative to the table, or an absolute address. */
  readonly path: string;
  readonly partitionValues?: Readonly<Record<string, string | null>> | null;
  readonly modificationTime?: number | bigint | null;
  /** False for maintenance, which moves rows and brings none. */
  readonly dataChange?: boolean;
  /** JSON. */
  readonly stats?: string | null;
  /** In checkpoints of tables that keep them as columns. */
  readonly stats_parsed?: FileStats | null;
  readonly deletionVector?: DeletionVector | null;
}

/** What a writer knew of the rows of a file. */
export interface FileStats {
  readonly numRecords?: number | bigint | null;
  readonly maxValues?: Readonly<Record<string, unknown>> | null;
  readonly nullCount?: Readonly<Record<string, unknown>> | null;
}

/** A data file is no part of the table any more. */
export interface RemoveFile {
  readonly path: string;
  readonly deletionVector?: DeletionVector | null;
}

/** What the table is. */
export interface MetaData {
  readonly id: string;
  readonly name?: string | null;
  /** JSON. */
  readonly schemaString: string;
  readonly partitionColumns?: readonly string[] | null;
  readonly configuration?: Readonly<Record<string, string>> | null;
}

/** What a reader has to know to read the table. */
export interface Protocol {
  readonly minReaderVersion: number;
  readonly readerFeatures?: readonly string[] | null;
}

/** Who committed what, and when. */
export interface CommitInfo {
  readonly timestamp?: number;
  readonly inCommitTimestamp?: number;
  readonly operation?: string;
  readonly operationParameters?: Readonly<Record<string, unknown>>;
  readonly operationMetrics?: Readonly<Record<string, unknown>>;
  readonly engineInfo?: string;
}

/** A file beside a checkpoint that has part of its files. */
export interface Sidecar {
  readonly path: string;
}

/** One line of a commit, or one row of a checkpoint: one of these is there. */
export interface Action {
  readonly add?: AddFile | null;
  readonly remove?: RemoveFile | null;
  readonly metaData?: MetaData | null;
  readonly protocol?: Protocol | null;
  readonly commitInfo?: CommitInfo | null;
  readonly sidecar?: Sidecar | null;
}

/** The names of actions, which are the columns of a checkpoint. */
export type ActionName = keyof Action;

/** A data file with the rows that are left of it: the same file may be there before and after some of its rows were deleted. */
export function fileKey({ path, deletionVector }: AddFile | RemoveFile): string {
  if (deletionVector === undefined || deletionVector === null) return path;
  const { storageType, pathOrInlineDv, offset } = deletionVector;
  return `${path}|${storageType}${pathOrInlineDv}@${offset ?? ""}`;
}
