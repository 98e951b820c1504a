import type { ScheduleOverride } from "../graph/graph.ts";
import type { Micros } from "../model/instant.ts";
import type { RunState, RunType, TaskState } from "../model/states.ts";
import type { DatedResults, DatedResultsQuestion, PreviousSuccess } from "./earlier-runs.ts";
import type { AssetUpdate, Cause, LogRef, RunAssetEvent, StoredValue, XComPush } from "../plan/changes.ts";

/** One hand-over of a try to a worker: all that it needs to run the body. Plain JSON. */
export interface Dispatch {
  /** Random 128 bits in hex: the fencing token (R3). */
  readonly dispatchId: string;
  /** Idempotency key of the try: the same for every dispatch of one try (R9). */
  readonly tryId: string;
  readonly dagId: string;
  readonly dagVersion: number;
  readonly bundleHash: string;
  readonly graphHash?: string;
  /** Schedule that the DAG has instead of its file's own. */
  readonly scheduleOverride?: ScheduleOverride;
  readonly taskId: string;
  readonly mapIndex: number;
  /** Instances that the task has in this run; absent when it is not mapped. */
  readonly expandedCount?: number;
  /** Somebody tries the task out by itself: nothing of it is kept. */
  readonly isTest?: true;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly run: DispatchRun;
  /** Input name → value; lists of mapped tasks as one array text each, large ones fetched by the worker through `WorkerCalls`. */
  readonly inputs: Readonly<Record<string, DispatchInput>>;
  /** `each` name → element, for mapped instances. */
  readonly items?: Readonly<Record<string, DispatchItem>>;
  readonly upstream: readonly { readonly taskId: string; readonly mapIndex: number; readonly state: string }[];
  readonly executionTimeoutMicros?: number;
  /** When the try began, of one that goes on after a deferral: its execution timeout counts from there. */
  readonly tryStartedAt?: Micros;
  readonly isolation: "shared" | "process";
  readonly singleAttempt: boolean;
  /** True after its process died unexplained: starts alone in a fresh process. */
  readonly suspect: boolean;
  readonly queue: string;
  /** State of a sensor or deferral that continues. */
  readonly resume?: string;
  /** Start of the first try since the last clear, for sensor timeouts. */
  readonly firstStartedAt?: Micros;
}

/** An input: stored values inline, or where the worker asks for them. */
export type DispatchInput =
  | { readonly kind: "value"; readonly value: StoredValue }
  | { readonly kind: "list"; readonly values: readonly StoredValue[] }
  /** One element of a stored list, map or object. */
  | {
      readonly kind: "item";
      readonly value: StoredValue;
      readonly index: number;
      /** Where the list is in the value. */
      readonly path?: readonly (string | number)[];
    }
  /** Literal list in the DAG file or a param: the worker has it already. */
  | { readonly kind: "local"; readonly index: number }
  | { readonly kind: "ask"; readonly taskId: string; readonly key?: string; readonly count: number }
  | { readonly kind: "absent" };

/** An element of what is mapped over: from which of several lists when they are one after the other, or beyond the end of a shorter one. */
export type DispatchItem = (DispatchInput & { readonly list?: number }) | { readonly kind: "filled" };

/** The run of a dispatch, as templates and `ctx` show it. */
export interface DispatchRun {
  readonly runId: number;
  readonly runKey: string;
  readonly runType: RunType;
  readonly logicalDate: Micros;
  readonly intervalStart: Micros;
  readonly intervalEnd: Micros;
  readonly startedAt?: Micros;
  readonly conf: string | null;
  /** False when a later interval is complete already (`latestOnly`). */
  readonly isLatest: boolean;
  readonly triggeredBy: string;
  /** What made it start, oldest first, at most 1 000; only of runs that assets have triggered. */
  readonly assetEvents?: readonly RunAssetEvent[];
}

/** What a worker says of a dispatch. Accepted only while the task instance is in that dispatch (R3). */
export type Report =
  | {
      readonly kind: "started";
      readonly dispatchId: string;
      readonly runId: number;
      readonly startedAt: Micros;
      readonly workerId: string;
      /** It waits for a code trigger: it is deferred and holds no slot. The dispatch lives on, and ends when the trigger has returned. */
      readonly waits?: true;
    }
  | ({
      readonly kind: "ended";
      readonly dispatchId: string;
      readonly runId: number;
      readonly workerId: string;
      readonly startedAt: Micros;
      readonly endedAt: Micros;
      readonly log?: LogRef;
      readonly rendered?: string;
      readonly mapName?: string;
    } & {
      readonly outcome: Outcome;
    })
  /** The executor lost it: its process died or never took it. */
  | {
      readonly kind: "lost";
      readonly dispatchId: string;
      readonly runId: number;
      readonly cause: Cause;
      readonly log?: LogRef;
      readonly mayHaveRun: boolean;
      readonly guilty: boolean;
      /** Lost with its scheduler, or because that was stopped, not with its process: no suspect, costs nothing. */ readonly blameless?: true;
    };

/** How user code ended. */
export type Outcome =
  | {
      readonly kind: "success";
      readonly result?: StoredValue;
      readonly resultLength?: number;
      /** Branch: chosen keys; short circuit: [] = skip downstream, absent = go on. */
      readonly choice?: readonly string[];
      readonly xcoms?: readonly XComPush[];
      readonly assets?: readonly AssetUpdate[];
    }
  | { readonly kind: "skipped"; readonly cause: Cause }
  /** retry: "policy" = while tries are left; "never" = Permanent, sensor timeout; number = after so many microseconds. */
  | {
      readonly kind: "failed";
      readonly cause: Cause;
      readonly retry: "policy" | "never" | number;
      readonly timedOut?: boolean;
    }
  /** Sensor in reschedule mode, or a deferral: look again at a time. The try goes on. */
  | { readonly kind: "reschedule" | "defer"; readonly afterMicros: number; readonly resume?: string };

/** A callback of a task instance or run, with all that a worker needs to run it. Plain JSON. */
export interface CallbackDispatch {
  /** Unique among callbacks that run at the same time, for example the outbox id. */
  readonly callbackId: string;
  readonly dagId: string;
  readonly dagVersion: number;
  readonly bundleHash: string;
  /** Schedule that the DAG has instead of its file's own. */
  readonly scheduleOverride?: ScheduleOverride;
  readonly scope: "task" | "run";
  readonly event: "success" | "failure" | "retry" | "skip" | "deadline";
  /** State of the task instance or run when the event happened. */
  readonly state: string;
  readonly reason: string;
  readonly run: DispatchRun;
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly tryNumber?: number;
  readonly maxTries?: number;
  readonly timeoutMicros: number;
}

/** How a callback ended. `log` has its lines as text, at most 2 kB from the end. */
export type CallbackAnswer =
  | { readonly ok: true; readonly log?: string }
  | {
      readonly ok: false;
      readonly error: string;
      readonly log?: string;
      /** It was lost with a process in which others ran, too: it may well work the next time. */
      readonly blameless?: true;
    };

/** What an executor is busy with now. */
export interface ExecutorUsage {
  /** waiting: in a code trigger, without a slot. */
  readonly dispatches: { readonly queued: number; readonly running: number; readonly waiting: number };
  /** retiring: takes no new work. */
  readonly workers: {
    readonly idle: number;
    readonly busy: number;
    readonly starting: number;
    readonly retiring: number;
  };
}

/** The port that runs dispatches. One contract suite for all executors. */
export interface Executor {
  /** Dispatches it takes at once. */
  readonly capacity: number;
  /** Takes over; never throws for user code. Reports come through the sink given at creation. */
  start(dispatches: readonly Dispatch[]): void;
  /** Abandon first, kill last: fires the AbortSignal, after the grace its process is retired. The dispatch is dead for the engine already. */
  stop(dispatchIds: readonly string[], reason: string): void;
  /**
   * The engine has committed `running` for a dispatch with `singleAttempt`; only now may its user code start (R9). Dispatches of other tasks
   * need no acknowledgement. Unknown ids are ignored.
   */
  acknowledgeStarted(dispatchIds: readonly string[]): void;
  /** Runs a callback of the outbox in a worker, within its timeout. Never rejects: what went wrong is in the answer. */
  runCallback(callback: CallbackDispatch): Promise<CallbackAnswer>;
  /** What it is busy with now, from memory. Absent: it cannot say. */
  usage?(): ExecutorUsage;
  /** Dispatches that it holds now; the engine reports others as lost. */
  holds(dispatchId: string): boolean;
  /** What is left on this host of the logs of dispatches that no executor holds any more, by dispatch id. Absent: logs lie elsewhere. Never rejects. */
  recoverLogs?(dispatchIds: readonly string[]): Promise<ReadonlyMap<string, LogRef>>;
  /** Takes no new work and waits for what runs, at most `deadlineMs`; then stops it. @returns the ids that did not end. */
  drain(deadlineMs: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What a worker may ask while a dispatch runs. Answered by the engine; the dispatch is the credential. */
export interface WorkerCalls {
  bundle(bundleHash: string): Promise<{ readonly code: string; readonly file: string }>;
  /** Results of an upstream task in index order, a page at a time. */
  results(ask: {
    readonly dispatchId: string;
    readonly taskId: string;
    readonly key?: string;
    readonly mapIndex?: number;
    readonly from: number;
    readonly limit: number;
  }): Promise<readonly StoredValue[]>;
  /** Values of a task of another DAG's run of a logical date, or of earlier runs. */
  datedResults(ask: DatedResultsQuestion & { readonly dispatchId: string }): Promise<DatedResults | undefined>;
  /** Updates of assets, oldest first; of each the newest 1 000. */
  assetEvents(ask: {
    readonly dispatchId: string;
    readonly uris: readonly string[];
  }): Promise<readonly RunAssetEvent[]>;
  variable(dispatchId: string, key: string): Promise<string | undefined>;
  connection(dispatchId: string, connectionId: string): Promise<string | undefined>;
  /** Starts a run of another DAG once per task instance and key; see `DagAccess.trigger`. */
  trigger(ask: TriggerAsk): Promise<{
    readonly runKey: string;
    readonly logicalDate: Micros;
    readonly origin: "new" | "own" | "other";
  }>;
  /** Clears all tasks of a run of another DAG. */
  clearRun(ask: { readonly dispatchId: string; readonly dagId: string; readonly runKey: string }): Promise<void>;
  /** The last successful run of a DAG before a logical date. */
  previousSuccess(ask: {
    readonly dispatchId?: string;
    readonly dagId: string;
    readonly logicalDate: Micros;
  }): Promise<PreviousSuccess | undefined>;
  /** State of a run or of a task instance in it, for sensors on other DAGs. */
  stateOf(ask: {
    readonly dispatchId?: string;
    readonly dagId: string;
    readonly runKey?: string;
    readonly logicalDate?: Micros;
    readonly taskId?: string;
    readonly mapIndex?: number;
  }): Promise<string | undefined>;
  /** A run of another DAG and how many instances of which tasks are in which state. */
  look(ask: {
    readonly dispatchId?: string;
    readonly dagId: string;
    readonly runKey?: string;
    readonly logicalDate?: Micros;
    readonly taskIds?: readonly string[];
    readonly groupId?: string;
  }): Promise<
    | {
        readonly runKey: string;
        readonly logicalDate: Micros;
        readonly state: RunState;
        readonly tasks: Readonly<Record<string, Readonly<Partial<Record<TaskState, number>>>>>;
      }
    | undefined
  >;
}

/** A wish of a task for a run of another DAG, with the task instance that it is made unique by. */
export interface TriggerAsk {
  readonly dispatchId: string;
  /** The task instance that asks: `run_key` of its run, task, map index. */
  readonly by: {
    readonly dagId: string;
    readonly runKey: string;
    readonly logicalDate: Micros;
    readonly taskId: string;
    readonly mapIndex: number;
  };
  readonly dagId: string;
  /** Absent = made of `by` and `key`. */
  readonly runKey?: string;
  readonly key?: string;
  readonly logicalDate?: Micros;
  /** JSON text of an object. */
  readonly conf?: string;
}
