/** A file that a commit adds to a table. */
export interface AddFile {
  /** Relative to the table's folder. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string>>;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modificationTime: number;
  /** False when the file only rearranges rows that were there before. */
  readonly dataChange: boolean;
  /** JSON text, such as `{"numRecords":3}`. */
  readonly stats?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** One line of a commit of a Delta log; exactly one of the fields is there. Actions that are not named here are left alone. */
export interface DeltaAction {
  readonly commitInfo?: {
    readonly timestamp: number;
    readonly operation: string;
    readonly operationMetrics?: Readonly<Record<string, string>>;
    readonly engineInfo?: string;
  };
  readonly protocol?: { readonly minReaderVersion: number; readonly minWriterVersion: number };
  readonly metaData?: {
    readonly id: string;
    readonly name: string;
    readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> };
    readonly schemaString: string;
    readonly partitionColumns: readonly string[];
    readonly configuration: Readonly<Record<string, string>>;
    readonly createdTime: number;
  };
  readonly add?: AddFile;
  readonly remove?: { readonly path: string; readonly deletionTimestamp: number; readonly dataChange: boolean };
  /** How far an application has come: `version` counts in whatever the application counts. */
  readonly txn?: { readonly appId: string; readonly version: number; readonly lastUpdated: number };
}

/** The state of a table after all commits up to `version`. */
export interface DeltaSnapshot {
  /** Version of the newest commit; −1 before the first. */
  readonly version: number;
  readonly files: ReadonlyMap<string, AddFile>;
  /** By application id. */
  readonly progress: ReadonlyMap<string, number>;
  readonly header: readonly DeltaAction[];
}

/** A table before its first commit. */
export const EMPTY_SNAPSHOT: DeltaSnapshot = { version: -1, files: new Map(), progress: new Map(), header: [] };

/** The state after one more commit. */
export function applyCommit(before: DeltaSnapshot, version: number, actions: readonly DeltaAction[]): DeltaSnapshot {
  const files = new Map(before.files);
  const progress = new Map(before.progress);
  const header = actions.filter((action) => action.protocol !== undefined || action.metaData !== undefined);
  for (const { remove } of actions) if (remove !== undefined) files.delete(remove.path);
  for (const { add, txn } of actions) {
    if (add !== undefined) files.set(add.path, add);
    if (txn !== undefined) progress.set(txn.appId, txn.version);
  }
  return { version, files, progress, header: header.length > 0 ? header : before.header };
}

/** The actions from which {@link applyCommit} rebuilds `snapshot` on its own. */
export function snapshotActions(snapshot: DeltaSnapshot): readonly DeltaAction[] {
  return [
    ...snapshot.header,
    ...[...snapshot.progress].map(([appId, version]) => ({ txn: { appId, version, lastUpdated: 0 } })),
    ...[...snapshot.files.values()].map((add) => ({ add })),
  ];
}
