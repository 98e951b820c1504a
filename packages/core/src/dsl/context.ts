import type { RunState, RunType, TaskState } from "../model/states.ts";
import type { Asset } from "./asset.ts";
import type { Connection } from "./connection.ts";

/** Params of a run when nothing is known of their types, as in an operator. */
export type AnyParams = Readonly<Record<string, unknown>>;

/** Fields of a log line; anything that JSON can say. */
export type LogFields = object;

/** Writes lines to the log of the try. Each line carries time, level and source by itself. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log for lines that come from somewhere else, for example a subprocess: `log.from("stdout").info(line)`. */
  from(source: string): Log;
}

/** The stretch of time that a run is about; `end` is not part of it. RFC 3339 in UTC. */
export interface DataInterval {
  readonly start: string;
  readonly end: string;
}

/** Another run of the same DAG. */
export interface PreviousRun {
  readonly logicalDate: string;
  readonly dataInterval: DataInterval;
}

/** A direct upstream task instance and how it ended. */
export interface UpstreamState {
  readonly taskId: string;
  /** -1 = not mapped. */
  readonly mapIndex: number;
  readonly state: TaskState;
}

/** An update of an asset that made this run start, or that a task made. */
export interface AssetEvent {
  readonly uri: string;
  /** RFC 3339 in UTC. */
  readonly at: string;
  readonly extra: AnyParams;
  readonly dagId?: string;
  readonly runId?: string;
  readonly taskId?: string;
}

/** What a run is, as bodies and callbacks see it. */
export interface RunContext<P = AnyParams> {
  readonly dagId: string;
  /** For example `scheduled__2025-10-01T00:00:00+00:00`. */
  readonly runId: string;
  readonly runType: RunType;
  /**
   * RFC 3339 in UTC, exact to the microsecond: `2025-10-01T00:00:00+00:00`. Both `new Date(x)` and `Temporal.Instant.from(x)` read it.
   * It is the start of the data interval for `cron` and `every`, the trigger time otherwise.
   */
  readonly logicalDate: string;
  readonly dataInterval: DataInterval;
  /** The DAG's params, overridden by the task's and then by the conf of the run. Checked against their schemas. */
  readonly params: P;
  /** What the run was triggered with; `{}` when nothing. */
  readonly conf: AnyParams;
  readonly log: Log;
  /** The time now by the engine's clock, as {@link RunContext.logicalDate} is written. Prefer it to `Date` where it meets times of the run. */
  now(): string;
  /** Fires when the try is stopped or runs into its timeout. Pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** @throws MillraceError NOT_FOUND when no such variable exists. */
  variable(key: string): Promise<string>;
  /** @throws MillraceError NOT_FOUND when no such connection exists. */
  connection(id: string): Promise<Connection>;
  /** The global `fetch`, within the network rules of the configuration (`security.privateAddresses`). @throws MillraceError FORBIDDEN_ADDRESS */
  readonly fetch: typeof fetch;
  /** The run before this one (by logical date, of any type) that succeeded; `undefined` when there is none: from where to go on. */
  previousSuccess(): Promise<PreviousRun | undefined>;
  /** Renders a Jinja text with the same names as templates of operators. @throws MillraceError BAD_TEMPLATE */
  render(text: string): Promise<string>;
}

/** Results and named values of task instances of this run. */
export interface XComAccess {
  /** Stores a value under `key` beside the result, at the end of the try. Cleared when a new try starts. */
  push(key: string, value: unknown): void;
  /**
   * The value of another task of this run, `undefined` when it has none. Prefer `input`: it is typed and makes the edge.
   *
   * @param options.key default: the result. @param options.mapIndex default: of a mapped task all values as a list.
   * @param options.dagId a task of another DAG, in its run with this run's logical date. @param options.includePriorDates when that run left no value, the
   *   latest earlier one counts that did, of at most 1 000; default false.
   */
  pull(
    taskId: string,
    options?: {
      readonly key?: string;
      readonly mapIndex?: number;
      readonly dagId?: string;
      readonly includePriorDates?: boolean;
    },
  ): Promise<unknown>;
}

/** Assets as seen from a try. */
export interface AssetAccess {
  /** Adds `extra` to the event that this task's success makes for `asset`, which must be among its `outlets`. */
  attach(asset: Asset | string, extra: AnyParams): void;
  /**
   * All updates of an asset that is among this task's `inlets`, oldest first; the newest 1 000 when there are more.
   *
   * @throws MillraceError BAD_ARGUMENT when it is not among them.
   */
  events(asset: Asset | string): Promise<readonly AssetEvent[]>;
  /** The updates that made this run start; empty unless the run was triggered by assets. */
  readonly triggering: readonly AssetEvent[];
}

/** A run that a task asked for. */
export interface TriggeredRun {
  readonly runId: string;
  readonly logicalDate: string;
  /**
   * new: it was started now. own: this task instance had started it before, in a try that was lost or failed.
   * other: a run with this id or logical date was there already, and somebody else has started it.
   */
  readonly origin: "new" | "own" | "other";
}

/** A run of another DAG and some of its tasks, as {@link DagAccess.look} sees them. */
export interface RunLook {
  readonly runId: string;
  readonly logicalDate: string;
  readonly state: RunState;
  /** Task id → state → how many instances are in it. Only of the tasks that were asked for. */
  readonly tasks: Readonly<Record<string, Readonly<Partial<Record<TaskState, number>>>>>;
}

/** Which run of which DAG: by id, by logical date (as {@link RunContext.logicalDate}), or else the one with the latest logical date. */
export interface RunQuestion {
  readonly dagId: string;
  readonly runId?: string;
  readonly logicalDate?: string;
}

/** Other DAGs, for operators that trigger them or wait for them. */
export interface DagAccess {
  /**
   * Starts a run, once: whatever happens to the worker or the try, the same request of this task instance answers with the run that it has
   * started before. Only after it has ended and was cleared does it start another.
   *
   * @param request.runId default: made of the task instance and `key`. @param request.key tells several requests of one instance apart;
   *   default: DAG and conf. @param request.logicalDate default: now; one in the future is waited for.
   * @throws MillraceError NOT_FOUND without such a DAG, BAD_PARAM for a conf that does not fit, TIMEOUT when no scheduler answers.
   */
  trigger(request: {
    readonly dagId: string;
    readonly runId?: string;
    readonly key?: string;
    readonly logicalDate?: string;
    readonly conf?: AnyParams;
  }): Promise<TriggeredRun>;
  /** Clears all tasks of a run, so that it runs again on the newest version of its DAG. @throws MillraceError NOT_FOUND */
  clear(run: { readonly dagId: string; readonly runId: string }): Promise<void>;
  /** State of a run, or of a task instance in it when `taskId` is given; `undefined` when there is none. */
  stateOf(
    question: RunQuestion & { readonly taskId?: string; readonly mapIndex?: number },
  ): Promise<string | undefined>;
  /**
   * A run and the states of some of its tasks; `undefined` when there is no such run yet.
   *
   * @param question.taskIds these tasks. @param question.groupId all tasks of this group.
   * @throws MillraceError NOT_FOUND when the DAG, a task or the group does not exist.
   */
  look(
    question: RunQuestion & { readonly taskIds?: readonly string[]; readonly groupId?: string },
  ): Promise<RunLook | undefined>;
}

/** Why a deferred body is called again; see `defer`. */
export interface Resumed {
  /** What the code trigger returned; `undefined` after a wait for a time. */
  readonly event: unknown;
  /** What the deferral was given to keep. */
  readonly state: unknown;
}

/** What a body gets beside its input. */
export interface Context<P = AnyParams> extends RunContext<P> {
  readonly taskId: string;
  /** -1 = not mapped. */
  readonly mapIndex: number;
  /** 1 for the first try. */
  readonly tryNumber: number;
  /** The last try that may follow by itself. */
  readonly maxTries: number;
  /** The same whenever this try is started: the key for outside systems that should act once (R9). */
  readonly tryId: string;
  /** W3C trace context (`traceparent`) of this try, for programs that it starts; undefined where nothing is traced. */
  readonly traceparent?: string | undefined;
  /** False when a later data interval is complete already; true for runs that were not scheduled. */
  readonly isLatest: boolean;
  /** Elements of this mapped instance by the names in `each`; `{}` when not mapped. */
  readonly item: AnyParams;
  readonly xcom: XComAccess;
  readonly assets: AssetAccess;
  readonly dags: DagAccess;
  /** Set when the body is called again after a deferral. */
  readonly resumed?: Resumed;
  /** Direct upstream task instances and their states. */
  upstream(): readonly UpstreamState[];
}

/** What a callback gets: the run, and the task instance when it is a callback of a task. */
export interface CallbackContext<P = AnyParams> extends RunContext<P> {
  readonly event: "execute" | "success" | "failure" | "retry" | "skip" | "deadline";
  /** State of the task instance or run when the event happened. */
  readonly state: string;
  /** Why it ended so: of a task instance a sentence; of a run `success`, `task_failure`, `timed_out`, or a sentence. */
  readonly reason?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly tryNumber?: number;
  readonly maxTries?: number;
}
