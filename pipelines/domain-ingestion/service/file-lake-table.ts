// A folder as a table: files of JSON lines that never change, and a log in the form of Delta's that says which of them are
// the table. The rows of a write and the progress of its writer are one commit; files without a commit are garbage.
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { AddFile, DeltaAction, DeltaSnapshot } from "../steps/delta-action.ts";
import type { LakeSchema } from "../steps/lake-schema.ts";
import { LakeError } from "../steps/pipeline-errors.ts";
import { type DeltaLog, openDeltaLog } from "./delta-log.ts";
import { hasCode, syncFolder } from "./durable-file.ts";
import type { LakeTable, Merge, ProgressStep, WriteResult } from "./lake-table.ts";
import { type LineWriter, openLineWriter, readLines } from "./line-file.ts";

// A merge holds one bucket in memory at a time: with a million domains, about 30 000 rows.
const BUCKETS = 32;
// What a write makes and a killed one leaves: rows, changes sorted for a merge, a commit that has no name yet.
const OWN_NAME = /^part-.*\.jsonl$|^\.merge-|\.pending$/;

/** Options of {@link openFileLakeTable}. */
export interface FileLakeTableOptions<Row> {
  readonly folder: string;
  readonly schema: LakeSchema<Row>;
  /** The wall clock, in milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** Opens the table in `folder`, which is created by its first commit. */
export function openFileLakeTable<Row extends object>(options: FileLakeTableOptions<Row>): LakeTable<Row> {
  const { folder, schema, nowMs } = options;
  const log = openDeltaLog(folder);
  const state = { folder, log, nowMs, header: () => headerOf(schema, nowMs()) };
  return {
    name: schema.name,
    version: async () => (await log.versions()).at(-1) ?? -1,
    progress: async () => Object.fromEntries((await log.snapshot()).progress),
    append: (rows, step) => append(state, schema.partitionBy, rows, step),
    merge: (merge, step) => mergeRows(state, merge, step),
    read: () => readFiles<Row>(folder, async () => [...(await log.snapshot()).files.keys()]),
    readAppended: async function* (after, until) {
      for (let version = after + 1; version <= until; version += 1) {
        const actions = await log.actions(version);
        yield* readFiles<Row>(folder, () =>
          Promise.resolve(actions.flatMap(({ add }) => (add?.dataChange === true ? [add.path] : []))),
        );
      }
    },
    committedAt: async (version) => {
      const timestamp = (await log.actions(version)).find(({ commitInfo }) => commitInfo !== undefined)?.commitInfo
        ?.timestamp;
      if (timestamp === undefined)
        throw new LakeError(`version ${version} of ${schema.name} has no timestamp`, { folder, version });
      return timestamp;
    },
    vacuum: (retentionMs) => vacuum(state, nowMs() - retentionMs),
  };
}

interface TableState {
  readonly folder: string;
  readonly log: DeltaLog;
  readonly nowMs: () => number;
  readonly header: () => readonly DeltaAction[];
}

interface Written {
  readonly adds: readonly AddFile[];
  readonly removes: readonly string[];
  readonly rows: number;
}

async function append<Row extends object>(
  state: TableState,
  partitionBy: (keyof Row & string) | undefined,
  rows: AsyncIterable<Row> | Iterable<Row>,
  step: ProgressStep,
): Promise<WriteResult> {
  if (!isExpected(await state.log.snapshot(), step)) return { kind: "superseded" };
  const files = openDataFiles(state);
  try {
    for await (const row of rows) {
      const value = partitionBy === undefined ? undefined : String(row[partitionBy]);
      await files.write(
        value === undefined ? "" : `${partitionBy}=${value}`,
        row,
        value === undefined ? {} : { partitionValues: { [partitionBy as string]: value } },
      );
    }
    const { adds, rows: count } = await files.finish();
    const result = await commitWrite(state, { adds, removes: [], rows: count }, step, "any");
    if (result.kind === "committed") files.keep();
    return result;
  } catch (error) {
    throw writeError(state, error);
  } finally {
    await files.discard();
  }
}

async function mergeRows<Row extends object, Change>(
  state: TableState,
  merge: Merge<Row, Change>,
  step: ProgressStep,
): Promise<WriteResult> {
  const snapshot = await state.log.snapshot();
  if (!isExpected(snapshot, step)) return { kind: "superseded" };
  const spillFolder = join(state.folder, `.merge-${randomUUID()}`);
  const files = openDataFiles(state);
  try {
    const spilled = await spill(spillFolder, merge);
    const removes: string[] = [];
    for (const [bucket, path] of spilled) {
      const old = [...snapshot.files.values()]
        .filter((file) => file.tags?.["bucket"] === bucket)
        .map((file) => file.path);
      removes.push(...old);
      for (const row of await mergeBucket(state, merge, old, path))
        await files.write("", row, { tags: { bucket } }, bucket);
    }
    const { adds, rows } = await files.finish();
    const result = await commitWrite(state, { adds, removes, rows }, step, snapshot.version);
    if (result.kind === "committed") files.keep();
    return result;
  } catch (error) {
    throw writeError(state, error);
  } finally {
    await files.discard();
    await rm(spillFolder, { recursive: true, force: true });
  }
}

/** Sorts the changes into one file per bucket, so that a merge needs the memory of one bucket. */
async function spill<Row, Change>(folder: string, merge: Merge<Row, Change>): Promise<ReadonlyMap<string, string>> {
  await mkdir(folder, { recursive: true });
  const writers = new Map<string, LineWriter>();
  try {
    for await (const change of merge.changes) {
      const bucket = bucketOf(merge.keyOf(change));
      let writer = writers.get(bucket);
      if (writer === undefined) writers.set(bucket, (writer = await openLineWriter(join(folder, bucket))));
      await writer.write(JSON.stringify(change));
    }
    for (const writer of writers.values()) await writer.finish();
  } finally {
    for (const writer of writers.values()) await writer.abandon();
  }
  return new Map([...writers.keys()].toSorted().map((bucket) => [bucket, join(folder, bucket)]));
}

async function mergeBucket<Row extends object, Change>(
  state: TableState,
  merge: Merge<Row, Change>,
  old: readonly string[],
  changes: string,
): Promise<readonly Row[]> {
  const rows = new Map<string, Row>();
  for await (const row of readFiles<Row>(state.folder, () => Promise.resolve(old)))
    rows.set(merge.keyOf(row), merge.refresh(row));
  for await (const line of readLines(changes, { maxChars: Number.MAX_SAFE_INTEGER })) {
    const change = JSON.parse(line ?? "") as Change;
    rows.set(merge.keyOf(change), merge.fold(rows.get(merge.keyOf(change)), change));
  }
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/**
 * Commits what was written after the newest version. With `onVersion` "any" other writers may have committed meanwhile, as
 * long as the progress is still the expected one; with a number the table must still be at that version.
 */
async function commitWrite(
  state: TableState,
  written: Written,
  step: ProgressStep,
  onVersion: number | "any",
): Promise<WriteResult> {
  const moved = Object.entries(step.next).filter(([name, value]) => step.expected[name] !== value);
  if (written.rows === 0 && moved.length === 0) return { kind: "unchanged" };
  for (;;) {
    const snapshot = await state.log.snapshot();
    if (!isExpected(snapshot, step) || (onVersion !== "any" && snapshot.version !== onVersion))
      return { kind: "superseded" };
    const timestamp = state.nowMs();
    const operationMetrics = { numOutputRows: String(written.rows), numFiles: String(written.adds.length) };
    const isCommitted = await state.log.commit(snapshot, [
      {
        commitInfo: {
          timestamp,
          operation: onVersion === "any" ? "WRITE" : "MERGE",
          operationMetrics,
          engineInfo: "millrace file lake",
        },
      },
      ...(snapshot.version < 0 ? state.header() : []),
      ...moved.map(([appId, version]) => ({ txn: { appId, version, lastUpdated: timestamp } })),
      ...written.removes.map((path) => ({ remove: { path, deletionTimestamp: timestamp, dataChange: true } })),
      ...written.adds.map((add) => ({ add })),
    ]);
    if (isCommitted) return { kind: "committed", version: snapshot.version + 1, rows: written.rows };
  }
}

type FileMark = Partial<Pick<AddFile, "partitionValues" | "tags">>;

/** Data files in the making: one per `group`, all removed by `discard` unless `keep` was called after their commit. */
function openDataFiles({ folder, nowMs }: TableState) {
  const open = new Map<string, { readonly path: string; readonly mark: FileMark; readonly writer: LineWriter }>();
  let isKept = false;
  const write = async (subfolder: string, row: object, mark: FileMark, group = subfolder): Promise<void> => {
    let file = open.get(group);
    if (file === undefined) {
      const path = join(subfolder, `part-${randomUUID()}.jsonl`);
      await mkdir(join(folder, subfolder), { recursive: true });
      open.set(group, (file = { path, mark, writer: await openLineWriter(join(folder, path)) }));
    }
    await file.writer.write(JSON.stringify(row));
  };
  const finish = async (): Promise<{ readonly adds: readonly AddFile[]; readonly rows: number }> => {
    const adds: AddFile[] = [];
    let rows = 0;
    for (const { path, mark, writer } of open.values()) {
      const { lines, bytes } = await writer.finish();
      rows += lines;
      adds.push({
        path,
        partitionValues: {},
        ...mark,
        size: bytes,
        modificationTime: nowMs(),
        dataChange: true,
        stats: JSON.stringify({ numRecords: lines }),
      });
      await syncFolder(dirname(join(folder, path)));
    }
    if (adds.length > 0) await syncFolder(folder);
    return { adds, rows };
  };
  const discard = async (): Promise<void> => {
    for (const { path, writer } of open.values()) {
      await writer.abandon();
      if (!isKept) await rm(join(folder, path), { force: true });
    }
  };
  return { write, finish, discard, keep: () => (isKept = true) };
}

async function* readFiles<Row>(folder: string, paths: () => Promise<readonly string[]>): AsyncGenerator<Row> {
  for (const path of await paths()) {
    try {
      for await (const line of readLines(join(folder, path), { maxChars: Number.MAX_SAFE_INTEGER }))
        yield JSON.parse(line ?? "") as Row;
    } catch (cause) {
      throw new LakeError(
        `${join(folder, path)} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
        { path },
        cause,
      );
    }
  }
}

async function vacuum({ folder, log }: TableState, beforeMs: number): Promise<{ readonly removedFiles: number }> {
  const { files } = await log.snapshot();
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let removedFiles = 0;
  for (const entry of found) {
    const path = join(entry.parentPath, entry.name);
    if (!OWN_NAME.test(entry.name) || files.has(relative(folder, path))) continue;
    if ((await stat(path)).mtimeMs >= beforeMs) continue;
    await rm(path, { recursive: true, force: true });
    removedFiles += 1;
  }
  return { removedFiles };
}

/** The operating system says what went wrong, but of a file that is open not where. What comes from the input is told by who reads it. */
function writeError({ folder }: TableState, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  const remedy = hasCode(error, "ENOSPC", "EDQUOT")
    ? "; make room there, and run it again: nothing of this try counts"
    : "";
  return new LakeError(`the table at ${folder} cannot be written: ${error.message}${remedy}`, { folder }, error);
}

function isExpected(snapshot: DeltaSnapshot, { expected, next }: ProgressStep): boolean {
  return Object.keys({ ...expected, ...next }).every((name) => snapshot.progress.get(name) === expected[name]);
}

function bucketOf(key: string): string {
  const [first = 0] = createHash("sha256").update(key).digest();
  return String(first % BUCKETS).padStart(2, "0");
}

function headerOf<Row>(schema: LakeSchema<Row>, createdTime: number): readonly DeltaAction[] {
  const fields = Object.entries<string>(schema.columns).map(([name, type]) => ({
    name,
    type: deltaType(type),
    nullable: true,
    metadata: {},
  }));
  const partitionColumns = schema.partitionBy === undefined ? [] : [schema.partitionBy];
  return [
    { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    {
      metaData: {
        id: randomUUID(),
        name: schema.name,
        format: { provider: "json", options: {} },
        schemaString: JSON.stringify({ type: "struct", fields }),
        partitionColumns,
        configuration: {},
        createdTime,
      },
    },
  ];
}

function deltaType(type: string): unknown {
  return type === "map<string,string>"
    ? { type: "map", keyType: "string", valueType: "string", valueContainsNull: true }
    : type;
}
