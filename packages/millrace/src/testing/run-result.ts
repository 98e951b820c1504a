import type { RunState, RunType, TaskState } from "@millrace/core";
import type { TriggeredRequest } from "./other-dags.ts";

/** A line of a log. Secrets are masked. */
export interface LoggedLine {
  /** By the clock of the test. */
  readonly at: string;
  readonly level: "debug" | "info" | "warn" | "error";
  /** Who wrote it: `task`, `console`, `stdout`, `stderr`, `millrace`, or the name of a subprocess. */
  readonly source: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** One try of a task instance. */
export interface TryResult {
  readonly tryNumber: number;
  /** State that it ended in: `up_for_retry` when another try followed. */
  readonly state: TaskState;
  /** Why it ended so, in a sentence; absent for a success. */
  readonly reason?: string;
  /** Code of the error, for programs. */
  readonly code?: string;
  readonly startedAt?: string;
  readonly endedAt: string;
}

/** A task instance at the end of the run. */
export interface InstanceResult {
  readonly taskId: string;
  /** -1 = not mapped. */
  readonly mapIndex: number;
  readonly state: TaskState;
  /** Number of the last try; 0 = it never started. */
  readonly tries: number;
  /** Every try, the last one last. */
  readonly history: readonly TryResult[];
  /** Why it is in its state, in a sentence; absent for a success. */
  readonly reason?: string;
  readonly code?: string;
  /** Decoded anew from what was stored; `undefined` without one. */
  readonly result: unknown;
  /** What it pushed beside its result, by key. */
  readonly xcoms: Readonly<Record<string, unknown>>;
  /** Templated options as they were rendered. */
  readonly rendered?: Readonly<Record<string, unknown>>;
  /** Lines of all its tries. */
  readonly logs: readonly LoggedLine[];
  /** Of the last try, by the clock of the test. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** How often its code was started: more than `tries` after a crash, a reschedule or a deferral. */
  readonly starts: number;
}

/** Something that a commit said of a task instance. */
export interface TimelineEntry {
  readonly at: string;
  /** Number of the version of the run that says so. */
  readonly version: number;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: TaskState;
}

/** A callback that was called. */
export interface CalledBack {
  readonly event: "success" | "failure" | "retry" | "skip" | "deadline";
  /** Absent: a callback of the run. */
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly reason: string;
  readonly at: string;
  readonly logs: readonly LoggedLine[];
  /** What it threw. */
  readonly error?: string;
}

/** An asset that a task has updated. */
export interface UpdatedAsset {
  readonly uri: string;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A run that has ended. */
export interface DagRunResult {
  readonly dagId: string;
  readonly runId: string;
  readonly runType: RunType;
  readonly state: Extract<RunState, "success" | "failed">;
  /** Why it ended so; absent for a success. */
  readonly reason?: string;
  readonly logicalDate: string;
  readonly dataInterval: { readonly start: string; readonly end: string };
  /** By the clock of the test. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** From start to end, by the clock of the test. */
  readonly elapsedSeconds: number;
  /** In the order of the graph, and by map index. */
  readonly instances: readonly InstanceResult[];
  /** What commits said of task instances, in order. */
  readonly timeline: readonly TimelineEntry[];
  readonly callbacks: readonly CalledBack[];
  readonly assets: readonly UpdatedAsset[];
  /** Runs of DAGs outside of the test that tasks have asked for. */
  readonly triggered: readonly TriggeredRequest[];
  /** Runs of the other DAGs that take part. */
  readonly otherRuns: readonly DagRunResult[];
  /** How many commits it took, of all runs together. */
  readonly commits: number;
  readonly crashes: number;
  /**
   * A task instance: the only one of a task that is not mapped, or the one at `mapIndex`.
   *
   * @throws MillraceError NOT_FOUND when there is none, BAD_ARGUMENT when there are several and none was named.
   */
  task(taskId: string, mapIndex?: number): InstanceResult;
  /** The result of a task; of a mapped one the results of its successful instances in index order. @throws MillraceError NOT_FOUND */
  result(taskId: string): unknown;
}
