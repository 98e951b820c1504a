import type { Graph } from "../graph/graph.ts";
import type { Micros } from "../model/instant.ts";
import type { RunState, RunType, TaskState } from "../model/states.ts";
import type { Cause, LogRef, StoredValue } from "../plan/changes.ts";
import type { BackfillInfo, BackfillWish, RunAtDate } from "./backfills.ts";
import type { ImportError } from "./engine-store.ts";
import type { WhyFacts, WhyQuestion } from "./why.ts";

/** A part of a list. Lists never say how long they are. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Pass it as `after` for what follows; absent at the end. */
  readonly next?: string;
}

/** Which part of a list. */
export interface PageRequest {
  /** `next` of the page before; opaque. */
  readonly after?: string;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

/** A DAG in a list. */
export interface DagSummary {
  readonly dagId: string;
  readonly file: string;
  /** False when its file is gone. */
  readonly active: boolean;
  readonly paused: boolean;
  readonly version: number;
  /** Scheduler that drives it. */
  readonly owner?: number;
  readonly displayName?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly schedule: Graph["dag"]["schedule"];
  readonly nextRun?: {
    readonly logicalDate: Micros;
    readonly intervalStart: Micros;
    readonly intervalEnd: Micros;
    readonly runAfter: Micros;
  };
}

/** A DAG with its newest version. */
export interface DagDetail extends DagSummary {
  readonly graph: Graph;
  readonly bundleHash: string;
  readonly createdAt: Micros;
  /** When its file was last read. */
  readonly seenAt: Micros;
}

/** A version of a DAG. */
export interface DagVersionInfo {
  readonly version: number;
  readonly bundleHash: string;
  readonly createdAt: Micros;
}

/** A run in a list. */
export interface RunSummary {
  readonly runId: number;
  readonly dagId: string;
  readonly runKey: string;
  readonly runType: RunType;
  readonly state: RunState;
  readonly dagVersion: number;
  readonly logicalDate: Micros;
  readonly intervalStart: Micros;
  readonly intervalEnd: Micros;
  readonly runAfter: Micros;
  readonly queuedAt: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
  readonly triggeredBy: string;
  /** Of its last change; grows with each. */
  readonly changeVersion: number;
  /** Task instances per state; states without any are left out. */
  readonly counts: Readonly<Partial<Record<TaskState, number>>>;
}

/** A run with what only its own page shows. */
export interface RunDetail extends RunSummary {
  /** JSON text, null when none was given. */
  readonly conf: string | null;
  readonly cause?: Cause;
  readonly note?: string;
  readonly clearNumber: number;
  readonly deadlineMissed: boolean;
}

/** A task instance in a list. */
export interface TaskInstanceSummary {
  readonly runId: number;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly mapName?: string;
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly dagVersion?: number;
  readonly queuedAt?: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
  readonly dueAt?: Micros;
  readonly workerId?: string;
  readonly cause?: Cause;
  /** Rendered template fields, JSON text. */
  readonly rendered?: string;
}

/** One try of a task instance. */
export interface TaskTry {
  readonly tryNumber: number;
  readonly state: TaskState;
  readonly dagVersion?: number;
  readonly queuedAt?: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
  readonly workerId?: string;
  readonly cause?: Cause;
  readonly logs: readonly LogRef[];
}

/** Names a task instance. */
export interface InstanceRef {
  readonly runId: number;
  readonly taskId: string;
  /** -1 = not mapped. */
  readonly mapIndex: number;
}

/** One commit of a run, as the audit and the event stream show it. */
export interface RunChangeRow {
  readonly runId: number;
  readonly version: number;
  readonly at: Micros;
  /** Scheduler that made it. */
  readonly by: number;
  /** JSON text: `{"run": changed fields, "ti": [[task, map index, state, try], …], "new": instances created without a state}`. */
  readonly changes: string;
}

/** A pool as people set it. */
export interface PoolInfo {
  readonly pool: string;
  /** -1 = unlimited. */
  readonly slots: number;
  readonly description: string;
  readonly includeDeferred: boolean;
  readonly order: "fair" | "priority";
}

/** A variable in a list; `value` is absent when it is secret. */
export interface VariableInfo {
  readonly key: string;
  readonly value?: string;
  readonly secret: boolean;
  readonly description: string;
  readonly updatedAt: Micros;
}

/** A variable to make or replace. */
export interface VariableInput {
  readonly key: string;
  readonly value: string;
  /** Stored sealed, shown nowhere. */
  readonly secret: boolean;
  readonly description?: string;
}

/** A connection in a list, without its value: all of it is secret. */
export interface ConnectionInfo {
  readonly connectionId: string;
  readonly connectionType: string;
  readonly description: string;
  readonly updatedAt: Micros;
}

/** A connection to make or replace. */
export interface ConnectionInput {
  readonly connectionId: string;
  readonly connectionType: string;
  /** URI or JSON text; stored sealed. */
  readonly value: string;
  readonly description?: string;
}

/** An asset in a list. */
export interface AssetInfo {
  readonly uri: string;
  /** Tasks of present versions that name it in `outlets`. */
  readonly producers: readonly { readonly dagId: string; readonly taskId: string }[];
  /** DAGs whose schedule names it. */
  readonly consumers: readonly string[];
  /** When it was updated last; absent = never. */
  readonly updatedAt?: Micros;
}

/** An update of an asset. Without a run it came from outside. */
export interface AssetEventInfo {
  readonly eventId: number;
  readonly uri: string;
  readonly at: Micros;
  /** JSON text of an object, null when none was attached. */
  readonly extra: string | null;
  readonly dagId?: string;
  readonly runKey?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
}

/** What became of an update from outside. */
export interface AssetUpdated {
  readonly eventId: number;
  readonly at: Micros;
  /** DAGs that count it toward their next run; paused ones count nothing. */
  readonly queuedFor: readonly string[];
}

/** A scheduler as health checks see it. */
export interface SchedulerInfo {
  readonly schedulerId: number;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: Micros;
  readonly heartbeatAt: Micros;
}

/**
 * What people and programs may look at and set without an owner's decision. Reads are snapshots; lists come by key, a page at a time.
 * `find…` returns undefined when there is nothing; `delete…` throws MillraceError NOT_FOUND.
 */
export interface Queries {
  listDags(
    request?: PageRequest & { readonly includeInactive?: boolean; readonly search?: string },
  ): Promise<Page<DagSummary>>;
  findDag(dagId: string): Promise<DagDetail | undefined>;
  listVersions(dagId: string): Promise<readonly DagVersionInfo[]>;
  /** The DAG file as it was written, by bundle. */
  findSource(bundleHash: string): Promise<{ readonly file: string; readonly source: string } | undefined>;
  listImportErrors(): Promise<readonly (ImportError & { readonly at: Micros })[]>;

  /** Newest first: by logical date within a DAG, by creation over all DAGs. */
  listRuns(
    request: PageRequest & { readonly dagId?: string; readonly states?: readonly RunState[] },
  ): Promise<Page<RunSummary>>;
  findRun(dagId: string, runKey: string): Promise<RunDetail | undefined>;
  findRunById(runId: number): Promise<RunDetail | undefined>;
  /** By task id and map index. */
  listTaskInstances(
    request: PageRequest & { readonly runId: number; readonly taskId?: string; readonly states?: readonly TaskState[] },
  ): Promise<Page<TaskInstanceSummary>>;
  /** Oldest first, the present one last. */
  listTries(instance: InstanceRef): Promise<readonly TaskTry[]>;
  /** Where the log lines of a try are, oldest dispatch first. `tryNumber` absent = the present one. */
  readLogRefs(instance: InstanceRef, tryNumber?: number): Promise<readonly LogRef[]>;
  /** `key` absent = the result. */
  findXCom(instance: InstanceRef, key?: string): Promise<StoredValue | undefined>;
  /** Changes after a version, oldest first, at most 1000. */
  listChanges(runId: number, afterVersion: number): Promise<readonly RunChangeRow[]>;

  /** Writes the wish down and wakes the owner of the DAG. @throws MillraceError CONFLICT when the DAG has an open backfill, NOT_FOUND */
  createBackfill(wish: BackfillWish, by: string): Promise<BackfillInfo>;
  /** The newest first. */
  listBackfills(request?: PageRequest & { readonly dagId?: string }): Promise<Page<BackfillInfo>>;
  findBackfill(backfillId: number): Promise<BackfillInfo | undefined>;
  /** @throws MillraceError CONFLICT when it is over, NOT_FOUND */
  setBackfillState(backfillId: number, state: "running" | "paused" | "cancelled"): Promise<BackfillInfo>;
  runsAtDates(dagId: string, dates: readonly Micros[]): Promise<readonly RunAtDate[]>;

  /** By URI: those that DAGs name, and those that were ever updated. */
  listAssets(request?: PageRequest & { readonly search?: string; readonly uri?: string }): Promise<Page<AssetInfo>>;
  /** Newest first. */
  listAssetEvents(request?: PageRequest & { readonly uri?: string }): Promise<Page<AssetEventInfo>>;
  /**
   * Says that an asset was updated from outside; DAGs that follow it run at once.
   *
   * @param extra JSON text of an object. @throws MillraceError BAD_ARGUMENT
   */
  updateAsset(uri: string, extra: string | null): Promise<AssetUpdated>;

  /**
   * Deletes a DAG whose file is gone, with its runs.
   *
   * @param options.declaredToo also one that a file declares, as long as it is paused: the file is asked to be read again, and the DAG comes back without its past.
   * @returns how many runs went with it. @throws MillraceError NOT_FOUND; CONFLICT while a file declares it, a backfill is open or a run has not ended.
   */
  deleteDag(dagId: string, options?: { readonly declaredToo?: boolean }): Promise<number>;

  listPools(): Promise<readonly PoolInfo[]>;
  setPool(pool: PoolInfo): Promise<void>;
  deletePool(pool: string): Promise<void>;
  listVariables(request?: PageRequest): Promise<Page<VariableInfo>>;
  /** In clear. */
  findVariable(key: string): Promise<string | undefined>;
  setVariable(variable: VariableInput): Promise<void>;
  deleteVariable(key: string): Promise<void>;
  listConnections(request?: PageRequest): Promise<Page<ConnectionInfo>>;
  /** In clear. */
  findConnection(connectionId: string): Promise<string | undefined>;
  setConnection(connection: ConnectionInput): Promise<void>;
  deleteConnection(connectionId: string): Promise<void>;
  listSchedulers(): Promise<readonly SchedulerInfo[]>;
  /**
   * Everything that {@link whyInstance}, {@link whyRun} and {@link whyDag} answer from, in one round trip. A run of 100 000 instances is read by task
   * and state. `run` is absent when the DAG has none of that id.
   */
  why(question: WhyQuestion): Promise<WhyFacts | undefined>;
}
