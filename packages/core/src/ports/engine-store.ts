import type { Graph, GraphDag } from "../graph/graph.ts";
import type { Micros } from "../model/instant.ts";
import type { RunState, TaskState } from "../model/states.ts";
import type { DueRun } from "../timetable/schedule.ts";
import type { NewRun, Obligation, RunAssetEvent, RunChanges, StoredValue } from "../plan/changes.ts";
import type { BackfillRow, RunAtDate } from "./backfills.ts";
import type { Answer, Command, InboxMessage } from "./commands.ts";
import type { FoundPage } from "../pages/page-info.ts";
import type { DatedResults, DatedResultsQuestion, PreviousSuccess } from "./earlier-runs.ts";

/** A live or finished run as the rows have it. */
export interface RunRow extends Omit<NewRun, "assetEventIds" | "note" | "onlyTasks" | "backfillId"> {
  readonly runId: number;
  /** Of the last change (R2). */
  readonly version: number;
  readonly state: RunState;
  readonly queuedAt: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
  readonly dueAt?: Micros;
  readonly clearNumber: number;
  readonly deadlineMissed: boolean;
  readonly obligations: readonly Obligation[];
  readonly backfillId?: number;
}

/** What identifies a run, and where it stands. */
export type RunHeadRow = Pick<
  RunRow,
  "runId" | "dagId" | "runKey" | "dagVersion" | "logicalDate" | "state" | "triggeredBy"
>;

/** What the engine keeps of a task instance's row. */
export interface InstanceRow {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly restarts: number;
  readonly dispatchId?: string;
  readonly startedAt?: Micros;
  /** Start of the first try since the last clear (sensors time out from here, across reschedules and retries). */
  readonly firstStartedAt?: Micros;
  readonly dueAt?: Micros;
  readonly resultLength?: number;
  readonly choice?: string;
  readonly resume?: string;
}

/** A DAG that a scheduler owns, and how its row stands. */
export interface ClaimedDag {
  readonly dagId: string;
  /** Another one than before: something about the DAG has changed, or nothing but its owner. */
  readonly stamp: string;
}

/** A DAG as its owner always has it in memory: all but the tasks, which only its runs need. */
export interface DagRow {
  readonly dagId: string;
  readonly paused: boolean;
  /** False when its file is gone. */
  readonly active: boolean;
  /** Another one than before: it was deleted meanwhile. */
  readonly createdAt: Micros;
  readonly version: number;
  /** Of the newest version. */
  readonly settings: GraphDag;
  /** The latest run made by the schedule (not manual ones): where the next interval follows on. */
  readonly lastScheduled?: {
    readonly logicalDate: Micros;
    readonly intervalStart: Micros;
    readonly intervalEnd: Micros;
  };
  /** The next run of the schedule, as people see it. */
  readonly nextRun?: DueRun;
  /** Upcoming runs of a custom timetable, from the DAG processor. */
  readonly customTimes?: readonly DueRun[];
}

/** A command, or a report of a remote worker, waiting for the owner of its DAG (R5). */
export interface InboxRow<Message extends InboxMessage = Command> {
  readonly inboxId: number;
  readonly dagId: string;
  readonly command: Message;
  readonly by: string;
}

/** One transaction: all touched runs together, each guarded by its own version (R2). */
export interface CommitBatch {
  readonly schedulerId: number;
  readonly runs: readonly RunChanges[];
  /** Inbox rows that these runs (or a decision without a run) answer; deleted and answered in the same transaction. */
  readonly answers: readonly { readonly inboxId: number; readonly runId?: number; readonly answer: Answer }[];
  /** Asset events consumed by created runs are taken from the DAG's queue with them. */
  readonly dagPatches: readonly DagPatch[];
}

/** What a commit changes about a DAG itself. */
export interface DagPatch {
  readonly dagId: string;
  readonly paused?: boolean;
  /** Shown to people: the next run the schedule will make; null = none. */
  readonly nextRun?: DueRun | null;
}

/** What a commit returns. A run that is not in `committed` was behind: nothing of it was written. */
export interface CommitResult {
  readonly committed: ReadonlySet<number>;
  /** Created runs that were not written because their run key or logical date is taken in their DAG. */
  readonly conflicts: ReadonlySet<number>;
  readonly now: Micros;
}

/** What a version of a DAG is made of, as the DAG processor found it. */
export interface FoundDag {
  readonly dagId: string;
  readonly file: string;
  readonly bundleHash: string;
  readonly graphHash: string;
  readonly graph: Graph;
  /** Hash of the lockfile of the packages it imports. */
  readonly lockHash: string;
  readonly customTimes?: readonly DueRun[];
}

/** A version's graph, and what a worker that runs it must have. */
export interface VersionCode {
  readonly graph: Graph;
  readonly graphHash: string;
  readonly bundleHash: string;
}

/** Which graph: a DAG's, in one version. */
export interface VersionKey {
  readonly dagId: string;
  readonly version: number;
}

/** Result of one DAG file: what it declares, or why it cannot be loaded. */
export interface FoundFile {
  readonly file: string;
  readonly bundle?: { readonly hash: string; readonly code: string; readonly source: string };
  readonly dags: readonly FoundDag[];
  /** Absent = none. */
  readonly pages?: readonly FoundPage[];
  readonly errors: readonly ImportError[];
}

export interface ImportError {
  readonly file: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly stack?: string;
}

/** One result to read for an input. `mapIndex` absent = all successful instances in index order. */
export interface ResultKey {
  readonly runId: number;
  readonly taskId: string;
  readonly mapIndex?: number;
  readonly key?: string;
}

/** A pool and this scheduler's share of it (R6). */
export interface PoolGrant {
  readonly pool: string;
  /** Total slots; -1 = unlimited. */
  readonly slots: number;
  readonly granted: number;
  readonly includeDeferred: boolean;
  readonly order: "fair" | "priority";
}

/** A callback waiting in the outbox. */
export interface OutboxRow {
  readonly outboxId: number;
  readonly runId: number;
  readonly dagId: string;
  readonly runKey: string;
  readonly dagVersion: number;
  readonly scope: "task" | "run";
  readonly event: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly tryNumber?: number;
  readonly reason: string;
  readonly attempts: number;
}

/** An asset event not yet consumed by a DAG. */
export interface QueuedAssetEvent {
  readonly dagId: string;
  readonly uri: string;
  readonly eventId: number;
  readonly at: Micros;
  readonly intervalStart?: Micros;
  readonly intervalEnd?: Micros;
}

/**
 * How the engine remembers. All statements are guarded and bounded, retry deadlocks and serialization failures themselves, and throw
 * MillraceError STORE_UNAVAILABLE when the database does not answer, DATA_REJECTED when it refuses a value.
 */
export interface EngineStore {
  now(): Promise<Micros>;

  // Schedulers (R10)
  registerScheduler(self: {
    readonly host: string;
    readonly pid: number;
    readonly pidStartedAt: string;
  }): Promise<number>;
  /** @returns alive = false when another scheduler has judged this one dead: it must stop its children and drop its memory. */
  heartbeat(schedulerId: number): Promise<{ readonly now: Micros; readonly alive: boolean }>;
  /** Judges schedulers without a heartbeat for `deadAfterMicros`, frees their DAGs. Only call while own heartbeats succeeded all that time. */
  endDeadSchedulers(schedulerId: number, deadAfterMicros: number): Promise<readonly number[]>;
  /** Schedulers of one host that have not ended: a starting one ends those whose process is gone, without waiting for their heartbeat. */
  schedulersOfHost(
    host: string,
  ): Promise<readonly { readonly schedulerId: number; readonly pid: number; readonly pidStartedAt: string }[]>;
  /** Gives all DAGs and grants back at once. */
  endScheduler(schedulerId: number): Promise<void>;
  /** Takes this scheduler's fair share of DAGs without a live owner. @returns what it owns now. */
  claimDags(schedulerId: number): Promise<readonly ClaimedDag[]>;
  /** Takes one DAG for a single tick when it has no live owner. @returns false when somebody owns it. */
  claimDag(schedulerId: number, dagId: string): Promise<boolean>;
  releaseDags(schedulerId: number, dagIds: readonly string[]): Promise<void>;

  // DAGs, versions, bundles
  saveFiles(
    files: readonly FoundFile[],
    options: { readonly complete: boolean; readonly pausedUponCreation: boolean },
  ): Promise<readonly { readonly dagId: string; readonly version: number; readonly isNew: boolean }[]>;
  loadDags(dagIds: readonly string[]): Promise<readonly DagRow[]>;
  /** Failed runs in a row, newest first, since the last success; at most 100. DAGs without are left out. */
  countFailedRuns(dagIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  loadGraph(dagId: string, version: number): Promise<VersionCode>;
  /**
   * Graphs in the order of their keys, as many as are 4 MB of text together, and at least one: whoever wants all asks again for the rest. Those that
   * do not exist are left out.
   */
  loadGraphs(keys: readonly VersionKey[]): Promise<readonly (VersionKey & VersionCode)[]>;
  loadBundle(bundleHash: string): Promise<{ readonly code: string; readonly file: string }>;

  // Runs
  /** Reserves `count` ascending run ids. @returns the first. */
  reserveRunIds(count: number): Promise<number>;
  /** Every unfinished run of these DAGs with all its instances, oldest first. */
  loadLiveRuns(
    dagIds: readonly string[],
  ): Promise<readonly { readonly run: RunRow; readonly instances: readonly InstanceRow[] }[]>;
  /** Runs by id, finished or not. */
  loadRuns(
    runIds: readonly number[],
  ): Promise<readonly { readonly run: RunRow; readonly instances: readonly InstanceRow[] }[]>;
  loadRun(runId: number): Promise<{ readonly run: RunRow; readonly instances: readonly InstanceRow[] } | undefined>;
  /** Backfills of these DAGs that are running or paused. */
  openBackfills(dagIds: readonly string[]): Promise<readonly BackfillRow[]>;
  /** Runs of a DAG with these logical dates, in no order. */
  runsAtDates(dagId: string, dates: readonly Micros[]): Promise<readonly RunAtDate[]>;
  /** Notes how far a backfill has come. Losing it costs a second look at the dates. */
  advanceBackfill(backfillId: number, to: { readonly cursor?: Micros; readonly ended: boolean }): Promise<void>;
  findRunId(dagId: string, runKey: string): Promise<number | undefined>;
  findRunByLogicalDate(dagId: string, logicalDate: Micros): Promise<number | undefined>;
  /** The run before `logicalDate` (scheduled runs only when `scheduledOnly`), for past-dependence. */
  findPreviousRunId(dagId: string, logicalDate: Micros, scheduledOnly: boolean): Promise<number | undefined>;
  /** The successful run with the latest logical date before one, of any type. */
  findPreviousSuccess(dagId: string, logicalDate: Micros): Promise<PreviousSuccess | undefined>;
  /** Removes an ended run as it is at this version. @returns false when it is gone, or has changed: nothing was done. */
  removeRun(run: { readonly runId: number; readonly dagId: string; readonly version: number }): Promise<boolean>;
  /** R2: inserts the versions, writes the rows of those that were not behind, all or nothing, one round trip. */
  commit(batch: CommitBatch): Promise<CommitResult>;

  // Inbox (R5)
  send(dagId: string, message: InboxMessage, by: string): Promise<number>;
  /** Unanswered rows of these DAGs in order of arrival. */
  readInbox(dagIds: readonly string[], limit: number): Promise<readonly InboxRow<InboxMessage>[]>;
  /** Waits for the answer. @throws MillraceError TIMEOUT */
  waitForAnswer(inboxId: number, timeoutMs: number): Promise<Answer>;
  /** Calls `wake` when something may have arrived for one of the owner's DAGs (LISTEN, or polling each 250 ms). @returns stop */
  listen(channels: {
    readonly inbox?: () => void;
    readonly dags?: () => void;
    readonly pools?: () => void;
  }): Promise<() => Promise<void>>;

  // Values
  readResults(keys: readonly ResultKey[]): Promise<readonly (readonly StoredValue[])[]>;
  /** Values of a task in the run of a logical date, or in an earlier one; undefined when there are none. */
  findDatedResults(question: DatedResultsQuestion): Promise<DatedResults | undefined>;
  readVariable(key: string): Promise<string | undefined>;
  readConnection(connectionId: string): Promise<string | undefined>;
  /** State of a run, or of a task instance in it (`mapIndex` -1 when absent). The newest run when neither key nor logical date is given. */
  readState(ask: {
    readonly dagId: string;
    readonly runKey?: string;
    readonly logicalDate?: Micros;
    readonly taskId?: string;
    readonly mapIndex?: number;
  }): Promise<string | undefined>;
  /** A run by key, by logical date, or else the one with the latest logical date. */
  findRun(ask: {
    readonly dagId: string;
    readonly runKey?: string;
    readonly logicalDate?: Micros;
  }): Promise<RunHeadRow | undefined>;
  /** How many instances of these tasks are in which state; tasks without instances are left out. */
  countTaskStates(
    runId: number,
    taskIds: readonly string[],
  ): Promise<readonly { readonly taskId: string; readonly state: TaskState; readonly count: number }[]>;
  /** The dispatch that an instance is in, and the number of its try; undefined when it is in none. */
  findDispatch(instance: {
    readonly runId: number;
    readonly taskId: string;
    readonly mapIndex: number;
  }): Promise<{ readonly dispatchId: string; readonly tryNumber: number } | undefined>;
  /** The number of an instance's first try since it was last cleared after it had ended; 1 when it never was. */
  findFirstTry(instance: {
    readonly runId: number;
    readonly taskId: string;
    readonly mapIndex: number;
  }): Promise<number>;

  // Pools (R6)
  /** Rebalances and returns this scheduler's grants; `wanted` = slots it could use now, per pool. */
  grants(
    schedulerId: number,
    wanted: Readonly<Record<string, number>>,
    used: Readonly<Record<string, number>>,
  ): Promise<readonly PoolGrant[]>;

  // Assets
  queuedAssetEvents(dagIds: readonly string[]): Promise<readonly QueuedAssetEvent[]>;
  /** The updates that made a run start, oldest first; the newest 1 000 when there were more. */
  readRunAssetEvents(runId: number): Promise<readonly RunAssetEvent[]>;
  /** The updates of these assets, oldest first; of each the newest 1 000. */
  readAssetEvents(uris: readonly string[]): Promise<readonly RunAssetEvent[]>;

  // Outbox
  takeOutbox(schedulerId: number, dagIds: readonly string[], limit: number): Promise<readonly OutboxRow[]>;
  finishOutbox(
    outboxId: number,
    outcome: { readonly ok: true } | { readonly ok: false; readonly error: string; readonly retryAfterMicros?: number },
    log?: string,
  ): Promise<void>;

  close(): Promise<void>;
}
