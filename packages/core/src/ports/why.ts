import type { Graph } from "../graph/graph.ts";
import type { Micros } from "../model/instant.ts";
import type { RunState, RunType, TaskState } from "../model/states.ts";
import type { Cause, Obligation } from "../plan/changes.ts";
import type { DueRun } from "../timetable/schedule.ts";
import type { BackfillState } from "./backfills.ts";
import type { ImportError } from "./engine-store.ts";

/** What somebody asks about: a DAG, one of its runs, or one task instance of that run. */
export interface WhyQuestion {
  readonly dagId: string;
  /** Absent = about the DAG alone. */
  readonly runId?: number;
  /** Default -1. Instances of this map index are read one by one, all others by task and state. */
  readonly mapIndex?: number;
}

/** A task instance, as far as an answer tells of it. */
export interface InstanceFacts {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly maxTries: number;
  readonly queuedAt?: Micros;
  readonly startedAt?: Micros;
  readonly firstStartedAt?: Micros;
  readonly endedAt?: Micros;
  readonly dueAt?: Micros;
  readonly workerId?: string;
  readonly cause?: Cause;
}

/** All instances of a task in one state; the one with the lowest map index speaks for them. Removed map indexes are in none. */
export interface StateGroup extends InstanceFacts {
  readonly count: number;
}

/** What is known of a run's task instances: all of them by task and state, those of some map indexes one by one. */
export interface InstanceStates {
  readonly graph: Graph;
  readonly groups: readonly StateGroup[];
  readonly instances: readonly InstanceFacts[];
  /** Map indexes whose instances are all in `instances`. */
  readonly mapIndexes: readonly number[];
}

/** The run before, for tasks that look at it. */
export interface PreviousRunFacts extends InstanceStates {
  readonly runKey: string;
}

/** A run. */
export interface RunFacts extends InstanceStates {
  readonly runId: number;
  readonly runKey: string;
  readonly runType: RunType;
  readonly state: RunState;
  readonly dagVersion: number;
  readonly logicalDate: Micros;
  readonly runAfter: Micros;
  readonly queuedAt: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
  readonly cause?: Cause;
  readonly obligations: readonly Obligation[];
  readonly backfillId?: number;
  /** Absent when no task looks at it, or there is none. */
  readonly previous?: PreviousRunFacts;
}

/** Slots that the instances of one task in one run take now. Only read while an instance that is asked about waits for a slot. */
export interface SlotUse {
  readonly dagId: string;
  readonly runId: number;
  readonly runKey: string;
  readonly isBackfill: boolean;
  /** Scheduler that drives the DAG. */
  readonly owner?: number;
  readonly taskId: string;
  readonly pool: string;
  readonly poolSlots: number;
  /** Queued, running and restarting instances. */
  readonly active: number;
  readonly deferred: number;
}

/** A pool, and how many of its slots the DAG's scheduler may use. */
export interface PoolFacts {
  readonly pool: string;
  /** -1 = unlimited. */
  readonly slots: number;
  readonly includeDeferred: boolean;
  /** Absent when that scheduler has asked for none yet. */
  readonly granted?: number;
}

/** A scheduler that has not ended, or the one that ended last. */
export interface SchedulerFacts {
  readonly schedulerId: number;
  readonly host: string;
  readonly heartbeatAt: Micros;
  readonly endedAt?: Micros;
  /** Whoever asks knows that its process is gone, though its last heartbeat is not old. Never set by the store. */
  readonly isGone?: boolean;
}

/** Unfinished runs of a DAG. */
export interface UnfinishedRuns {
  /** In state running, without those of backfills: these count for `maxActiveRuns`. */
  readonly running: number;
  /** Queued ones whose date has come, without those of backfills. */
  readonly queued: number;
  /** Of backfills. */
  readonly backfill: number;
  /** Run ids of the oldest that run, at most 5. */
  readonly runKeys: readonly string[];
}

/** An open backfill. */
export interface OpenBackfill {
  readonly backfillId: number;
  readonly state: BackfillState;
  readonly maxActiveRuns: number;
}

/** A DAG. */
export interface WhyDagFacts {
  readonly dagId: string;
  readonly file: string;
  /** False when its file is gone. */
  readonly active: boolean;
  readonly paused: boolean;
  readonly version: number;
  readonly owner?: number;
  /** Of the newest version. */
  readonly graph: Graph;
  readonly lastScheduled?: Omit<DueRun, "runAfter">;
  readonly customTimes?: readonly DueRun[];
  /** Of its file. */
  readonly importErrors: readonly ImportError[];
  /** Assets that were updated since its last run. */
  readonly updatedAssets: readonly string[];
  readonly unfinished: UnfinishedRuns;
  readonly failedRunsInRow: number;
  /** The run that ended last by logical date. */
  readonly lastEnded?: {
    readonly runKey: string;
    readonly state: RunState;
    readonly endedAt?: Micros;
    readonly cause?: Cause;
  };
  readonly backfill?: OpenBackfill;
}

/** Everything that the question why something does not run is answered from, of one instant. */
export interface WhyFacts {
  /** By the database clock (R7). */
  readonly now: Micros;
  readonly dag: WhyDagFacts;
  readonly run?: RunFacts;
  /** Those that have not ended, and the one that ended last. */
  readonly schedulers: readonly SchedulerFacts[];
  readonly pools: readonly PoolFacts[];
  readonly slotUses: readonly SlotUse[];
}
