import type {
  CommitBatch,
  EndChange,
  FoundDag,
  FoundFile,
  Graph,
  InsertChange,
  InstanceChange,
  Micros,
  NewRun,
  QueueChange,
  RunChanges,
  Schedule,
  SetChange,
} from "@millrace/core";
import pg from "pg";
import { migrate } from "../migrations/migrate.ts";
import { openStore, type MillraceStore } from "../open-store.ts";
import { testDatabase } from "./test-database.ts";

/** Some instant: 2025-10-01T00:00:00.000123Z. */
export const AN_INSTANT: Micros = 1_759_276_800_000_123;

/** A store on a database of the test's own, and a way around it. */
export interface TestStore extends MillraceStore, AsyncDisposable {
  readonly url: string;
  /** A scheduler that is registered. */
  readonly schedulerId: number;
  /** Looks at rows behind the store's back. */
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Commits runs alone. */
  commitRuns(...runs: readonly RunChanges[]): ReturnType<MillraceStore["engine"]["commit"]>;
  commit(batch: Partial<CommitBatch>): ReturnType<MillraceStore["engine"]["commit"]>;
}

/** Options of {@link testStore}. */
export interface TestStoreOptions {
  readonly dataFolder?: string;
  readonly log?: (line: string) => void;
}

/** Opens a store on a fresh, migrated database. */
export async function testStore(options: TestStoreOptions = {}): Promise<TestStore> {
  const database = await testDatabase({ prepare: migrateUrl });
  const store = await openStore({ url: database.url, ...options });
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on("error", () => undefined);
  const schedulerId = await store.engine.registerScheduler({ host: "a-host", pid: process.pid, pidStartedAt: "then" });
  const commit = (batch: Partial<CommitBatch>): ReturnType<MillraceStore["engine"]["commit"]> =>
    store.engine.commit({ schedulerId, runs: [], answers: [], dagPatches: [], ...batch });
  const close = async (): Promise<void> => {
    await pool.end();
    await store.close();
    await database.drop();
  };
  return {
    ...store,
    url: database.url,
    schedulerId,
    commit,
    commitRuns: (...runs) => commit({ runs }),
    sql: async (text, values) => (await pool.query<Record<string, unknown>>(text, values && [...values])).rows,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Migrates the database of a URL: `prepare` of {@link testDatabase}. */
async function migrateUrl(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await migrate(client);
  } finally {
    await client.end();
  }
}

/** A change of a run, of version 2 unless said. */
export function aChange(runId: number, changes: Partial<RunChanges> = {}): RunChanges {
  return { runId, version: 2, run: {}, instances: [], xcoms: [], assets: [], callbacks: [], counts: [], ...changes };
}

/** The creation of a running run `run-<id>` of the DAG "a-dag", an hour of logical date per id. */
export function aCreation(runId: number, created: Partial<NewRun> = {}, changes: Partial<RunChanges> = {}): RunChanges {
  const logicalDate = AN_INSTANT + runId * 3_600_000_000;
  return aChange(runId, {
    version: 1,
    created: {
      dagId: "a-dag",
      runKey: `run-${String(runId)}`,
      runType: "manual",
      dagVersion: 1,
      logicalDate,
      intervalStart: logicalDate,
      intervalEnd: logicalDate,
      runAfter: logicalDate,
      conf: null,
      triggeredBy: "user:test",
      ...created,
    },
    run: { state: "running", startedAt: AN_INSTANT },
    ...changes,
  });
}

/** The insert of an instance in state none. */
export function anInsert(taskId: string, change: Partial<InsertChange> = {}): InsertChange {
  return { kind: "insert", slot: 0, taskId, mapIndex: -1, state: "none", tryNumber: 0, maxTries: 1, ...change };
}

/** A first hand-over. */
export function aQueue(taskId: string, change: Partial<QueueChange> = {}): QueueChange {
  return {
    kind: "queue",
    slot: 0,
    taskId,
    mapIndex: -1,
    tryNumber: 1,
    maxTries: 1,
    dispatchId: "0".repeat(31) + "1",
    newTry: false,
    ...change,
  };
}

/** A success. */
export function anEnd(taskId: string, change: Partial<EndChange> = {}): EndChange {
  return {
    kind: "end",
    slot: 0,
    taskId,
    mapIndex: -1,
    state: "success",
    tryNumber: 1,
    maxTries: 1,
    restarts: 0,
    startedAt: AN_INSTANT,
    endedAt: AN_INSTANT + 1,
    workerId: "worker-1",
    ...change,
  };
}

/** A state decided without a worker. */
export function aSet(taskId: string, change: Partial<SetChange> = {}): SetChange {
  return {
    kind: "set",
    slot: 0,
    taskId,
    mapIndex: -1,
    state: "scheduled",
    tryNumber: 1,
    maxTries: 1,
    restarts: 0,
    clear: false,
    ...change,
  };
}

/** A run of one task, created with its instance, then changed once per argument. */
export async function aRunOf(store: TestStore, ...changes: readonly InstanceChange[]): Promise<number> {
  const runId = await store.engine.reserveRunIds(1);
  await store.commitRuns(aCreation(runId, {}, { instances: [anInsert("t")] }));
  for (const [index, change] of changes.entries())
    await store.commitRuns(aChange(runId, { version: index + 2, instances: [change] }));
  return runId;
}

/** A graph without tasks. */
export function aGraph(dagId: string, schedule: Schedule = { kind: "none" }): Graph {
  return {
    dagId,
    dag: {
      tags: [],
      schedule,
      catchup: false,
      maxActiveRuns: 16,
      maxActiveTasks: 16,
      maxConsecutiveFailedRuns: 0,
      failFast: false,
      params: {},
      callbacks: [],
    },
    tasks: [],
    groups: [],
  };
}

/** A DAG file `<dag>.dag.ts` with the DAGs named. */
export function aFile(file: string, dagIds: readonly string[], dag: Partial<FoundDag> = {}): FoundFile {
  const hash = `bundle of ${file}`;
  const found = dagIds.map((dagId) => ({
    dagId,
    file,
    bundleHash: hash,
    graphHash: "graph 1",
    graph: aGraph(dagId),
    lockHash: "lock 1",
    ...dag,
  }));
  return { file, bundle: { hash, code: "compiled", source: "as written" }, dags: found, errors: [] };
}
