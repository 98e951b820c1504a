import type { Micros } from "../model/instant.ts";
import type { RunState, RunType, TaskState } from "../model/states.ts";
import type { Cause } from "../plan/changes.ts";
import type { Span } from "./run-lists.ts";
import type { DagSummary, InstanceRef, Page, PageRequest, TaskInstanceSummary } from "./queries.ts";

/** Runs per state; states without any are left out. */
export type RunCounts = Readonly<Partial<Record<RunState, number>>>;

/** Task instances per state; states without any are left out. */
export type InstanceCounts = Readonly<Partial<Record<TaskState, number>>>;

/** A run as lists of DAGs show it. */
export interface RecentRun {
  readonly runId: number;
  readonly runKey: string;
  readonly runType: RunType;
  readonly state: RunState;
  readonly logicalDate: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
}

/** A DAG with what became of its runs. */
export interface DagOverview extends DagSummary {
  /** Of its tasks, each once, by name. */
  readonly owners: readonly string[];
  /** The newest ones by logical date, newest first; at most 14. */
  readonly recentRuns: readonly RecentRun[];
  /** The first of `recentRuns`. */
  readonly lastRun?: RecentRun;
  readonly runCounts: RunCounts;
  /** Why its file cannot be loaded as it is now. */
  readonly importError?: { readonly message: string; readonly line?: number };
}

/** Which DAGs, and in which order. All that is given must fit. */
export interface DagOverviewRequest extends PageRequest {
  /** Only these. */
  readonly dagIds?: readonly string[];
  readonly includeInactive?: boolean;
  /** A part of the id. */
  readonly search?: string;
  readonly tags?: readonly string[];
  /** True: all of `tags`; default: any of them. */
  readonly allTags?: boolean;
  readonly owner?: string;
  readonly paused?: boolean;
  readonly lastRunState?: RunState;
  /** `lastRun`: newest logical date first; `nextRun`: soonest first. DAGs without one come last. Default: `dagId`. */
  readonly orderBy?: "dagId" | "lastRun" | "nextRun";
}

/** What DAGs can be narrowed by, with how many DAGs there are of each. */
export interface DagFacets {
  readonly total: number;
  readonly paused: number;
  readonly tags: readonly { readonly tag: string; readonly count: number }[];
  readonly owners: readonly { readonly owner: string; readonly count: number }[];
  /** DAGs by the state of their last run; those without one are in none. */
  readonly lastRunStates: RunCounts;
}

/** A run in a short list. */
export interface NamedRun {
  readonly dagId: string;
  readonly runId: number;
  readonly runKey: string;
}

/** A run that failed, and the first of its task instances that did. */
export interface FailedRun extends NamedRun {
  readonly endedAt: Micros;
  readonly taskId?: string;
  readonly mapIndex?: number;
  /** Of the task instance where there is one, else of the run. */
  readonly cause?: Cause;
}

/** A DAG whose next run was due and is not made. */
export interface LateDag {
  readonly dagId: string;
  readonly runAfter: Micros;
  readonly logicalDate: Micros;
  /** `noScheduler`: nobody drives it. `tooManyRuns`: it has as many unfinished runs as it may. `behind`: its scheduler has not come to it. */
  readonly reason: "noScheduler" | "tooManyRuns" | "behind";
  readonly unfinishedRuns: number;
  readonly maxActiveRuns: number;
}

/** What the start page shows of now. */
export interface HomeFacts {
  readonly running: number;
  readonly queued: number;
  /** Of the last 24 hours; the newest ones by name. */
  readonly failed: { readonly count: number; readonly items: readonly FailedRun[] };
  /** Unfinished runs past their deadline. */
  readonly pastDeadline: {
    readonly count: number;
    readonly items: readonly (NamedRun & { readonly intervalEnd: Micros; readonly startedAt?: Micros })[];
  };
  /** DAGs that have a file. */
  readonly dags: number;
  readonly pausedDags: number;
  readonly late: { readonly count: number; readonly items: readonly LateDag[] };
  /** Of DAGs that are not paused, soonest first. */
  readonly next: readonly {
    readonly dagId: string;
    readonly logicalDate: Micros;
    readonly intervalStart: Micros;
    readonly intervalEnd: Micros;
    readonly runAfter: Micros;
  }[];
  readonly importErrors: number;
}

/** Runs of a day. */
export interface CalendarDay {
  /** Like `2026-01-31`, in the zone that was asked for. */
  readonly date: string;
  readonly counts: RunCounts;
}

/** How long a run took. Seconds. */
export interface RunDuration extends RecentRun {
  /** From when it could begin to its start. */
  readonly queuedSeconds?: number;
  readonly runSeconds?: number;
  /** From the end of its data interval to its own end. */
  readonly landingSeconds?: number;
}

/** How long the instances of a task took, over some runs. Seconds. */
export interface TaskDuration {
  readonly taskId: string;
  /** Instances that ran and have ended. */
  readonly count: number;
  readonly medianSeconds: number;
  readonly p95Seconds: number;
  /** Mean of its instances in the newest run that has any. */
  readonly lastSeconds: number;
  readonly meanTries: number;
  readonly maxTries: number;
}

/** What went on in a span of time. */
export interface Activity {
  readonly runs: readonly { readonly runType: RunType; readonly state: RunState; readonly count: number }[];
  readonly instances: InstanceCounts;
  /** Present when more runs ended than are counted: those that ended since then are. */
  readonly countedFrom?: Micros;
}

/** A task that starts another DAG or waits for one, or an asset between two DAGs. */
export interface DagLink {
  /** Goes first. */
  readonly from: string;
  readonly to: string;
  readonly via: "trigger" | "sensor" | "asset";
  /** The task that triggers, waits, or updates the asset. */
  readonly taskId: string;
  /** Where it goes through an asset. */
  readonly uri?: string;
}

/** What waits and runs of a queue. */
export interface QueueUse {
  readonly queue: string;
  readonly scheduled: number;
  readonly queued: number;
  readonly running: number;
  readonly deferred: number;
}

/** A task instance in a list that is scrolled through. */
export type WindowedInstance = Omit<TaskInstanceSummary, "rendered">;

/** A part of the task instances of a run, by position. */
export interface InstanceWindow {
  readonly items: readonly WindowedInstance[];
  /** Of all positions. */
  readonly total: number;
}

/** Which task instances of all runs. All that is given must fit. */
export interface InstanceSearch {
  readonly dagId?: string;
  /** Only of these DAGs. */
  readonly dagIds?: readonly string[];
  readonly runKey?: string;
  readonly taskId?: string;
  readonly states?: readonly TaskState[];
  /** As the graph of the version says that it ran on, or will. */
  readonly pool?: string;
  readonly queue?: string;
  readonly startedAt?: Span;
  readonly endedAt?: Span;
  /** From start to end, in seconds. */
  readonly seconds?: Span<number>;
}

/** A task instance in a list over all runs, with its run. */
export interface FoundInstance extends WindowedInstance {
  readonly run: {
    readonly runId: number;
    readonly dagId: string;
    readonly runKey: string;
    readonly state: RunState;
    readonly logicalDate: Micros;
    readonly dagVersion: number;
  };
}

/** A task instance with what only its own page shows. */
export interface TaskInstanceDetail extends TaskInstanceSummary {
  readonly note?: string;
  /** Whether it left a result. */
  readonly hasResult: boolean;
  /** Keys of what it pushed beside its result; at most 1 000. */
  readonly xcomKeys: readonly string[];
}

/** What pages show of many things at once. What each reads is bounded by the page, or by what is said with it; never by how much is stored. */
export interface Overviews {
  /** Unfinished runs and DAGs are looked at one by one. @param dagIds absent = all */
  home(dagIds?: readonly string[]): Promise<HomeFacts>;
  listDags(request: DagOverviewRequest): Promise<Page<DagOverview> & { readonly total: number }>;
  /** @param dagIds absent = all */
  dagFacets(dagIds?: readonly string[]): Promise<DagFacets>;
  /**
   * Runs by the day of their logical date, from the newest of the year back. At most 200 000 runs are counted.
   *
   * @returns `countedFrom` when there are more: only runs from that logical date on are in it. @throws MillraceError BAD_ARGUMENT for a zone that is none
   */
  calendar(request: {
    readonly dagId: string;
    readonly year: number;
    readonly zone: string;
  }): Promise<{ readonly days: readonly CalendarDay[]; readonly countedFrom?: Micros }>;
  /** The newest runs by logical date, newest first; and its tasks over the newest of these, up to 100 000 instances together but one run at least. */
  durations(
    dagId: string,
    limit: number,
  ): Promise<{
    readonly runs: readonly RunDuration[];
    readonly tasks: readonly TaskDuration[];
    readonly taskRuns: number;
  }>;
  /** Runs that ended in the span, and those that began before its end and have not ended. At most 50 000 ended ones are counted, the newest. */
  activity(request: {
    readonly from: Micros;
    readonly to: Micros;
    readonly dagIds?: readonly string[];
  }): Promise<Activity>;
  /** Those of active DAGs, by their ends; those of one DAG to both sides. At most `limit`. */
  listDagLinks(request: { readonly dagId?: string; readonly limit: number }): Promise<readonly DagLink[]>;
  /** Queues of which instances wait or run, by name. */
  listQueues(): Promise<readonly QueueUse[]>;
  /**
   * Task instances of a run by task id and map index, any part of them. Without `states` no more is read than the part and a probe for each task; with
   * states the run's instances (the task's) are passed over once.
   */
  instanceWindow(request: {
    readonly runId: number;
    readonly taskId?: string;
    readonly states?: readonly TaskState[];
    readonly offset: number;
    readonly limit: number;
  }): Promise<InstanceWindow>;
  /**
   * Task instances that fit, of the newest run first, by task id and map index within a run. A page looks at 2 000 runs and 20 000 of their instances at
   * most; runs that have none in the states are passed over by their counts.
   *
   * @returns fewer than the limit, or none, and yet `next`, when so many were looked at and too few of them fit
   */
  searchInstances(request: PageRequest & InstanceSearch): Promise<Page<FoundInstance>>;
  findTaskInstance(instance: InstanceRef): Promise<TaskInstanceDetail | undefined>;
}
