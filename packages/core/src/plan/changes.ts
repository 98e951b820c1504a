import type { Micros } from "../model/instant.ts";
import type { RunState, RunType, TaskState } from "../model/states.ts";

/** A value as it is stored: JSON text, and how to restore what JSON cannot say. See values/. */
export interface StoredValue {
  readonly json: string;
  readonly meta?: string;
}

/** Why a try or an instance ended the way it did (R8): a code for programs, a sentence for people. */
export interface Cause {
  readonly code: string;
  readonly message: string;
  /** Name and stack of a thrown error; cut to 16 kB in the worker. */
  readonly stack?: string;
}

/** Where a try's log lines are: a byte range of its host's segment file, and the end of the text itself. */
export interface LogRef {
  readonly host: string;
  readonly segment: string;
  readonly from: number;
  readonly to: number;
  readonly lines: number;
  /** The last lines, at most 2 kB; the whole log when `complete`. */
  readonly tail: string;
  readonly complete: boolean;
}

interface InstanceKey {
  /** Position in the run's memory; meaningless outside this process. */
  readonly slot: number;
  readonly taskId: string;
  /** -1 = not mapped, or mapped and not expanded yet. */
  readonly mapIndex: number;
}

/** A new row. With a dispatch it is handed over at once. */
export interface InsertChange extends InstanceKey {
  readonly kind: "insert";
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly dispatchId?: string;
  readonly cause?: Cause;
}

/** Handed over to a worker. `newTry`: the previous try goes to history; a hand-over after a reschedule or deferral continues its try. */
export interface QueueChange extends InstanceKey {
  readonly kind: "queue";
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly dispatchId: string;
  readonly newTry: boolean;
}

/** User code has started; with `waits` it waits for a code trigger, deferred and without a slot. */
export interface StartChange extends InstanceKey {
  readonly kind: "start";
  readonly waits?: true;
  readonly startedAt: Micros;
  readonly workerId: string;
}

/** A dispatch has ended: for good, or until `dueAt`. */
export interface EndChange extends InstanceKey {
  readonly kind: "end";
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly maxTries: number;
  /** Free restarts used so far (lost with its process, cleared while running). */
  readonly restarts: number;
  readonly startedAt?: Micros;
  readonly endedAt: Micros;
  readonly dueAt?: Micros;
  readonly workerId?: string;
  readonly result?: StoredValue;
  /** Elements of the result when it can be mapped over. */
  readonly resultLength?: number;
  /** What a branch chose; null = nothing. JSON of a list of keys. */
  readonly choice?: string;
  /** Opaque state of a deferral or sensor, handed to the next dispatch of the same try. */
  readonly resume?: string;
  readonly cause?: Cause;
  readonly log?: LogRef;
  readonly mapName?: string;
  /** Rendered template fields, JSON text. */
  readonly rendered?: string;
}

/** A state decided without a worker: by a rule, a command, an expansion. */
export interface SetChange extends InstanceKey {
  readonly kind: "set";
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly restarts: number;
  readonly dueAt?: Micros;
  /** Present when the state is terminal. */
  readonly endedAt?: Micros;
  readonly cause?: Cause;
  /** clear: the ended try goes to history, and times, result, cause, log, XComs and reschedules are emptied. */
  readonly clear: boolean;
}

/** The placeholder of a mapped task goes when its instances come. */
export interface DeleteChange extends InstanceKey {
  readonly kind: "delete";
}

export type InstanceChange = InsertChange | QueueChange | StartChange | EndChange | SetChange | DeleteChange;

/** New values of a run's fields; absent = unchanged, null = emptied. */
export interface RunPatch {
  readonly state?: RunState;
  readonly startedAt?: Micros | null;
  readonly endedAt?: Micros | null;
  readonly queuedAt?: Micros;
  /** When the run wants to be looked at though nothing happens; null = never. */
  readonly dueAt?: Micros | null;
  readonly dagVersion?: number;
  readonly clearNumber?: number;
  readonly cause?: Cause | null;
  /** Marks that the deadline was missed. */
  readonly deadlineMissed?: boolean;
  /** Work promised and not done yet (R1). */
  readonly obligations?: readonly Obligation[];
  /** A backfill takes the run over: it cleared it. */
  readonly backfillId?: number;
}

/** A consequence too large for one commit, carried out in steps of at most 2 000 instances (R1). */
export type Obligation =
  | { readonly kind: "expand"; readonly taskId: string; readonly total: number; readonly next: number }
  | { readonly kind: "create"; readonly next: number; readonly onlyTasks?: readonly string[] }
  | {
      readonly kind: "clear" | "mark";
      readonly taskIds: readonly string[];
      readonly mapIndexes?: readonly number[];
      readonly only?: "failed" | "running";
      readonly state?: TaskState;
      readonly by: string;
      readonly next: number;
      /** The run gets this state when all is carried out. */
      readonly endsRun?: "success" | "failed";
    };

/** A run as it is created. */
export interface NewRun {
  readonly dagId: string;
  /** The id that people see and choose, unique per DAG, for example `manual__2025-10-01T00:00:00+00:00`. */
  readonly runKey: string;
  readonly runType: RunType;
  readonly dagVersion: number;
  readonly logicalDate: Micros;
  readonly intervalStart: Micros;
  readonly intervalEnd: Micros;
  readonly runAfter: Micros;
  /** JSON text of the trigger conf, null when none was given. */
  readonly conf: string | null;
  /** Who or what made it: `scheduler`, `user:<name>`, `dag:<id>`. */
  readonly triggeredBy: string;
  /** The backfill that made it, or cleared it. */
  readonly backfillId?: number;
  /** The tasks that it has; all others are `removed`. Absent = all. */
  readonly onlyTasks?: readonly string[];
  /** Asset events that it consumes. */
  readonly assetEventIds?: readonly number[];
  readonly note?: string;
}

/** An asset was updated by a task instance. */
export interface AssetUpdate {
  readonly uri: string;
  readonly taskId: string;
  readonly mapIndex: number;
  /** JSON text. */
  readonly extra: string | null;
}

/** An update of an asset that made a run start, and who made it. */
export interface RunAssetEvent {
  readonly uri: string;
  readonly at: Micros;
  /** JSON text of an object. */
  readonly extra: string | null;
  readonly dagId?: string;
  readonly runKey?: string;
  readonly taskId?: string;
}

/** A callback to run at least once in a worker (outbox); it never changes a state. */
export interface CallbackRequest {
  readonly scope: "task" | "run";
  readonly event: "success" | "failure" | "retry" | "skip" | "deadline";
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly tryNumber?: number;
  readonly reason: string;
}

/** XComs that a task pushed under other keys than its result. */
export interface XComPush {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly key: string;
  readonly value: StoredValue;
}

/** Everything that one commit does to one run: version `version - 1` becomes `version`. */
export interface RunChanges {
  readonly runId: number;
  readonly version: number;
  /** Present at version 1 only. */
  readonly created?: NewRun;
  readonly run: RunPatch;
  readonly instances: readonly InstanceChange[];
  readonly xcoms: readonly XComPush[];
  readonly assets: readonly AssetUpdate[];
  readonly callbacks: readonly CallbackRequest[];
  /** Instances per state after this change, by position in TASK_STATES. */
  readonly counts: readonly number[];
  /** The state of a run that has ended and stays so while its instances change: totals of ended runs are kept with their rows. */
  readonly endedAs?: RunState;
}
