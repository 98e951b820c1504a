import type { Micros } from "../model/instant.ts";
import type { RunState, TaskState } from "../model/states.ts";
import type { TriggerRule } from "../model/trigger-rule.ts";
import type { Cause, Obligation } from "../plan/changes.ts";
import type { AssetRule, Schedule } from "../timetable/schedule.ts";

/** Instances of a task by state. */
export interface TaskStates {
  readonly taskId: string;
  /** The one instance that matters, of a task in the same mapped group. */
  readonly mapIndex?: number;
  readonly states: Readonly<Partial<Record<TaskState, number>>>;
  /** Instances that will come and are not there yet. */
  readonly missing: number;
}

/** The instance that made another end without having run. */
export interface Origin {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: TaskState;
  readonly cause?: Cause;
}

/** Who holds slots. */
export interface Holder {
  readonly dagId: string;
  readonly runKey: string;
  readonly taskId: string;
  readonly slots: number;
}

/** Why something does not run, by what keeps it; or, for what runs or has ended, that. */
export type Blocker = InstanceBlocker | LimitBlocker | RunBlocker | DagBlocker;

/** What lies in the run itself. */
export type InstanceBlocker =
  | {
      readonly kind: "ended";
      readonly state: TaskState;
      readonly endedAt?: Micros;
      readonly cause?: Cause;
      /** Where it comes from: upstream instances that failed, or were skipped by themselves. */
      readonly origins: readonly Origin[];
    }
  | {
      readonly kind: "notInRun";
      readonly logicalDate: Micros;
      /** Its own bounds, where they leave this run out. */
      readonly start?: Micros;
      readonly end?: Micros;
      /** Of a run that a backfill made for other tasks. */
      readonly backfillId?: number;
    }
  | {
      readonly kind: "running";
      readonly startedAt?: Micros;
      readonly workerId?: string;
      /** When it is ended if it still runs. */
      readonly timeoutAt?: Micros;
      readonly isRestarting: boolean;
    }
  | { readonly kind: "handedOver"; readonly since?: Micros; readonly queue: string; readonly hasNoWorker: boolean }
  | {
      readonly kind: "retry";
      readonly at: Micros;
      readonly tryNumber: number;
      readonly tries: number;
      readonly cause?: Cause;
    }
  | { readonly kind: "reschedule"; readonly at: Micros; readonly givesUpAt?: Micros }
  | {
      readonly kind: "deferred";
      readonly operator: string;
      readonly at?: Micros;
      readonly startedAt?: Micros;
      readonly workerId?: string;
    }
  | { readonly kind: "upstream"; readonly rule: TriggerRule; readonly tasks: readonly TaskStates[] }
  | { readonly kind: "setup"; readonly tasks: readonly TaskStates[] }
  | { readonly kind: "list"; readonly tasks: readonly TaskStates[] }
  | {
      readonly kind: "past";
      readonly runKey: string;
      readonly taskId: string;
      readonly state: TaskState;
      /** It is below the same task of that run: `waitForDownstream`. */
      readonly isBelow: boolean;
    }
  | { readonly kind: "obligation"; readonly obligation: Obligation }
  | { readonly kind: "nextTick" };

/** What other work holds. */
export type LimitBlocker =
  | { readonly kind: "poolMissing"; readonly pool: string }
  | { readonly kind: "poolTooSmall"; readonly pool: string; readonly slots: number; readonly needed: number }
  | {
      readonly kind: "poolFull";
      readonly pool: string;
      readonly slots: number;
      readonly used: number;
      readonly needed: number;
      /** The greatest first, at most three. */
      readonly holders: readonly Holder[];
    }
  | {
      readonly kind: "poolShare";
      readonly pool: string;
      readonly granted: number;
      readonly used: number;
      readonly schedulerId: number;
    }
  | {
      readonly kind: "maxActiveTasks";
      readonly limit: number;
      readonly used: number;
      readonly holders: readonly Holder[];
    }
  | {
      readonly kind: "maxActivePerDag";
      readonly taskId: string;
      readonly limit: number;
      readonly holders: readonly Holder[];
    }
  | { readonly kind: "maxActivePerRun"; readonly taskId: string; readonly limit: number }
  | { readonly kind: "executorFull"; readonly capacity: number; readonly holders: readonly Holder[] };

/** What keeps a whole run. */
export type RunBlocker =
  | { readonly kind: "runEnded"; readonly state: RunState; readonly endedAt?: Micros; readonly cause?: Cause }
  | { readonly kind: "runAfter"; readonly at: Micros }
  | {
      readonly kind: "maxActiveRuns";
      readonly limit: number;
      readonly running: number;
      readonly runKeys: readonly string[];
    }
  | { readonly kind: "runGoesOn"; readonly runKey: string; readonly state: RunState };

/** What keeps a whole DAG. */
export type DagBlocker =
  | { readonly kind: "paused"; readonly failedRunsInRow: number; readonly maxFailedRuns: number }
  | { readonly kind: "fileGone"; readonly file: string }
  | { readonly kind: "importError"; readonly file: string; readonly message: string; readonly line?: number }
  | {
      readonly kind: "noScheduler";
      readonly last?: { readonly schedulerId: number; readonly host: string; readonly at: Micros };
      /** It has not said that it ends. */
      readonly isSilent: boolean;
    }
  | { readonly kind: "unowned"; readonly schedulerIds: readonly number[] }
  | {
      readonly kind: "ownerSilent";
      readonly schedulerId: number;
      readonly host: string;
      readonly at: Micros;
    }
  | { readonly kind: "noSchedule" }
  | { readonly kind: "assets"; readonly rule: AssetRule; readonly updated: readonly string[] }
  | { readonly kind: "nextRun"; readonly at: Micros; readonly logicalDate: Micros }
  | { readonly kind: "scheduleOver"; readonly schedule: Schedule; readonly end?: Micros }
  | {
      readonly kind: "tooManyUnfinished";
      readonly limit: number;
      readonly logicalDate: Micros;
      readonly runKeys: readonly string[];
    }
  | {
      readonly kind: "backfill";
      readonly backfillId: number;
      readonly isPaused: boolean;
      readonly active: number;
      readonly maxActiveRuns: number;
    }
  | {
      readonly kind: "lastRun";
      readonly runKey: string;
      readonly state: RunState;
      readonly endedAt?: Micros;
      readonly cause?: Cause;
    };
