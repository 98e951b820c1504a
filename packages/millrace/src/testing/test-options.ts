import type { Connection, Context, DagDefinition, Duration, RunState, RunType, TaskState } from "@millrace/core";
import type { CommitInfo } from "@millrace/engine/testing";

/** What a body of a test gets beside its input: the real context, and a sleep by the clock of the test. */
export interface TestContext extends Context {
  /** Takes so long by the clock of the test, and no time at all really. Ends with the signal's reason when the try is stopped or times out. */
  sleep(duration: Duration): Promise<void>;
}

/** Stands in for the code of a task. It gets the real input, rendered and checked; declare the types of what it reads. */
export type FakeBody = {
  // A method: its input may be declared as narrowly as the test likes.
  call(input: Readonly<Record<string, unknown>>, ctx: TestContext): unknown;
}["call"];

/** How the first tries of a task fail: so many of them, each by its own error (`undefined`: that try does not fail), or all of them. */
export type Failures = number | Error | readonly (Error | undefined)[];

/** A connection as a test writes it: its fields (`password` as plain text), or its URI. */
export type TestConnection = string | Partial<Omit<Connection, "id" | "password"> & { readonly password: string }>;

/** A run of a DAG that is not part of the test. */
export interface OtherRun {
  readonly state: RunState;
  /** Default: made of its logical date. */
  readonly runId?: string;
  /** Default: the one that was asked for, else now. */
  readonly logicalDate?: string;
  /** By task id; of a mapped task a list. */
  readonly tasks?: Readonly<Record<string, TaskState | readonly TaskState[]>>;
}

/** What a task asks of another DAG. */
export interface OtherRunQuestion {
  readonly runId?: string;
  readonly logicalDate?: string;
  /** The time now by the clock of the test. */
  readonly now: string;
}

/** Another DAG: the state of whatever run is asked for, one run, or a function of the question. `undefined`: there is no such run. */
export type OtherDag = RunState | OtherRun | ((question: OtherRunQuestion) => RunState | OtherRun | undefined);

/** An update of an asset that made the run start. */
export interface TestAssetEvent {
  readonly uri: string;
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Default: the start of the test's clock. */
  readonly at?: string;
  readonly dagId?: string;
  readonly taskId?: string;
  readonly runId?: string;
}

/** Which run it is, and the world around it. Instants are ISO 8601 text. */
export interface RunOptions {
  /** What the run is triggered with; overrides params and is checked against them. */
  readonly conf?: Readonly<Record<string, unknown>>;
  /**
   * Of a DAG with a schedule in time: the scheduled run of this date, with its data interval. Of any other DAG, or with `runType: "manual"`: a run
   * triggered then. Default: a run triggered at `now`.
   */
  readonly logicalDate?: string;
  /** Default: what the schedule says. */
  readonly dataInterval?: { readonly start: string; readonly end: string };
  readonly runType?: RunType;
  /** Default: made of type and date, as an engine does. */
  readonly runId?: string;
  /** Where the clock begins. Default: when the run would start; 2026-01-01 for one without a date, or the DAG's start when that is later. */
  readonly now?: string;
  readonly connections?: Readonly<Record<string, TestConnection>>;
  /** Texts as they are, everything else as JSON. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What `ctx.previousSuccess()` finds. Default: nothing. */
  readonly previousSuccess?: {
    readonly logicalDate: string;
    readonly dataInterval?: { readonly start: string; readonly end: string };
  };
  /** Makes it a run that assets have triggered. */
  readonly assetEvents?: readonly TestAssetEvent[];
  /** DAGs that tasks trigger, wait for or look at, by id. */
  readonly otherDags?: Readonly<Record<string, OtherDag>>;
  /** Code in place of a task's own, by task id. */
  readonly bodies?: Readonly<Record<string, FakeBody>>;
}

/** How one task is tested. */
export interface TestTaskOptions extends RunOptions {
  /** Values by input name (or by the name of an element, of a mapped task); they come before `results`. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Results of upstream tasks by task id; of a mapped one a list with an element per instance. */
  readonly results?: Readonly<Record<string, unknown>>;
  /** What upstream tasks have pushed, by task id and key. */
  readonly xcoms?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Which instance of a mapped task. */
  readonly mapIndex?: number;
  /** Default 1. */
  readonly tryNumber?: number;
}

/** Where the process dies: after this commit (counted from 1), before or after it, or wherever a function says. */
export type CrashAt =
  number | { readonly commit: number; readonly when: "before" | "after" } | ((commit: TestCommit) => boolean);

/** A commit, as a function of {@link CrashAt} sees it: asked before it is written and once more after. */
export interface TestCommit extends Pick<CommitInfo, "number" | "when"> {
  /** Task instances that it changes, as `load → success` or `load[2] → queued`. */
  readonly changes: readonly string[];
}

/** How a whole run is tested. */
export interface TestDagOptions extends RunOptions {
  /** Results in place of running a task, by task id (of a mapped task: the result of each instance). Its input is not looked at. */
  readonly results?: Readonly<Record<string, unknown>>;
  /** How the first tries of tasks fail, by task id. */
  readonly failures?: Readonly<Record<string, Failures>>;
  /** DAGs that take part: what is triggered, waited for or fed by assets runs for real. */
  readonly dags?: readonly DagDefinition[];
  /** Slots of pools by name. Default 128 each. */
  readonly pools?: Readonly<Record<string, number>>;
  readonly crashAt?: CrashAt;
}
