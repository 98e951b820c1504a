import type { Duration } from "../model/instant.ts";
import type { TriggerRule } from "../model/trigger-rule.ts";
import type { Schedule } from "../timetable/schedule.ts";
import type { Asset, AssetExpression } from "./asset.ts";
import type { Callbacks } from "./callback.ts";
import type { Context } from "./context.ts";
import type { Handle } from "./handle.ts";
import type { Trigger } from "./operator.ts";
import type { ConfFor, Webhook } from "./webhook.ts";

declare const choice: unique symbol;
declare const group: unique symbol;

/** One outcome of a branch, for `after`. Made by `route.on("key")`. */
export interface Choice {
  readonly [choice]: true;
}

/** What makes a value a group; see {@link Group}. */
export interface GroupMark {
  readonly [group]: true;
}

/** What the builder of a group returned, and the group itself for `after`. */
export type Group<R> = R extends object ? R & GroupMark : GroupMark;

/** What `after` takes: a task, a group (its last tasks), or an outcome of a branch. */
export type Upstream = Handle<unknown> | GroupMark | Choice;

/** Arguments of a task that a group or a DAG may set for all of its tasks. Precedence: task, inner group, outer group, DAG. */
export interface Defaults {
  /** Default `airflow`, as in Airflow. */
  readonly owner?: string;
  /** How often a failed try is followed by another one. Default: `core.defaultTaskRetries` of the configuration, 0. */
  readonly retries?: number;
  /** Wait before the next try. Default `5m`. */
  readonly retryDelay?: Duration;
  /** Doubles the wait with every try, with a deterministic jitter. Default false. */
  readonly exponentialBackoff?: boolean;
  /** Longest wait; with `exponentialBackoff` never more than a day. Default none. */
  readonly maxRetryDelay?: Duration;
  /** Per try, from its start on, deferrals included (a sensor's: per look); then it fails and may be retried. Default none. */
  readonly executionTimeout?: Duration;
  /** Wait for this task's success or skip in the previous run. Default false. */
  readonly dependsOnPast?: boolean;
  /** Also wait for the direct downstream of that instance. Default false. */
  readonly waitForDownstream?: boolean;
  /** With `dependsOnPast`: a skip by a branch or by the trigger rule waits for the previous run as well. Default false. */
  readonly waitForPastBeforeSkipping?: boolean;
  /** Which states of its upstream let it start. Default `all_success`. */
  readonly triggerRule?: Exclude<TriggerRule, "all_done_setup_success">;
  /** Default `default_pool`. */
  readonly pool?: string;
  /** Slots of the pool that one instance takes. Default 1. */
  readonly poolSlots?: number;
  /** Higher goes first. Default 1. */
  readonly priorityWeight?: number;
  /** Adds the weights of all tasks below (`downstream`, default) or above (`upstream`), or none (`absolute`). */
  readonly weightRule?: "downstream" | "upstream" | "absolute";
  /** Which workers take it. Default `default`. */
  readonly queue?: string;
  /** Instances of this task that run at once, over all runs. Default no limit. */
  readonly maxActivePerDag?: number;
  /** Instances of this task that run at once in one run. Default no limit. */
  readonly maxActivePerRun?: number;
  /** Bounds on logical dates, as {@link DagOptions.start}. Default the DAG's. */
  readonly start?: string;
  readonly end?: string;
  /** `process`: never shares a worker process. Default `shared`. */
  readonly isolation?: "shared" | "process";
  /** Never started twice: a loss after the start is a failure "may have run" (R9). Implies `isolation: "process"` and no retries. Default false. */
  readonly singleAttempt?: boolean;
  /** Late when not successful this long after the end of the data interval (`sla` in Airflow). Default none. */
  readonly deadline?: Duration;
  /** Keep the result for other tasks. Default true. */
  readonly pushResult?: boolean;
  /** In the try, before the body. */
  readonly onExecute?: Callbacks;
  readonly onSuccess?: Callbacks;
  /** When no try is left. */
  readonly onFailure?: Callbacks;
  /** When a try failed and another one follows. */
  readonly onRetry?: Callbacks;
  /** When the body itself skipped; not for skips decided by a branch or a trigger rule. */
  readonly onSkip?: Callbacks;
}

/** Decides before a try whether it is worth while. What it throws fails the try. */
export type Condition = (ctx: Context) => boolean | Promise<boolean>;

/** Arguments of one task. */
export interface TaskOptions extends Defaults {
  /** Comes after these. Order alone; data makes its edges by itself. */
  readonly after?: readonly Upstream[];
  /** Shown instead of the id. */
  readonly displayName?: string;
  /** Markdown. */
  readonly doc?: string;
  /** Assets that it reads; for lineage. */
  readonly inlets?: readonly Asset[];
  /** Assets that its success updates. */
  readonly outlets?: readonly Asset[];
  /**
   * Connections that it reads. Workers on other machines give a task no others than these and those that its operator's options name with
   * `connection("id")`; on this machine it is for the reader.
   */
  readonly connections?: readonly string[];
  /** Variables that it reads; as `connections`. */
  readonly variables?: readonly string[];
  /** Override the DAG's params for this task; the conf of a run overrides both. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Asked in the worker before each try: unless it says true, the task is skipped, as if its body had said so. */
  readonly runIf?: Condition;
  /** The opposite of `runIf`: when it says true, the task is skipped. */
  readonly skipIf?: Condition;
  /**
   * Called in each try right before the body (of a sensor: before its first look), within its timeout. What it throws ends the try as if the body had
   * thrown it. Not called again after a reschedule or a deferral.
   */
  readonly preExecute?: (ctx: Context) => void | Promise<void>;
  /**
   * Called in the try with what the body returned (of a sensor: with what the look found), before that is stored. What it throws ends the try as if the
   * body had thrown it. Not called when the body skipped, failed or deferred.
   */
  readonly postExecute?: (ctx: Context, result: unknown) => void | Promise<void>;
  /** Code triggers that a function body may `defer` to, by name. */
  readonly triggers?: Readonly<Record<string, Trigger>>;
}

/** Arguments of a task without code, which no worker sees. */
export type EmptyOptions = Omit<TaskOptions, "runIf" | "skipIf" | "preExecute" | "postExecute">;

/** Arguments of a mapped task. */
export interface MapOptions extends TaskOptions {
  /** Jinja text that names each instance when it has ended, for example `{{ source.name }}`. */
  readonly mapName?: string;
}

/** Arguments of a sensor. */
export interface SensorOptions extends TaskOptions {
  /** Time between looks. Default `60s`. */
  readonly every?: Duration;
  /** From the first look, across reschedules and retries. Then it fails without retry. */
  readonly timeout: Duration;
  /** poke (default) holds a worker slot between looks; reschedule and defer give it back. */
  readonly mode?: "poke" | "reschedule" | "defer";
  /** What would fail it for good (its timeout, an execution timeout, a permanent failure) skips it instead; other errors are retried. Default false. */
  readonly softFail?: boolean;
  /** Any failure skips it, without a retry. Not together with `softFail`. Default false. */
  readonly neverFail?: boolean;
  /** A look that throws goes to the log and counts as "not yet". Default false. */
  readonly silentFail?: boolean;
  /** The time between looks grows. Default false. */
  readonly backoff?: boolean;
  /** Longest time between looks with `backoff`. Default none. */
  readonly maxWait?: Duration;
}

/** Arguments of a short circuit. */
export interface ShortCircuitOptions extends TaskOptions {
  /** true: only direct downstream tasks are skipped, the others follow their trigger rules. Default false: everything downstream is skipped. */
  readonly respectTriggerRules?: boolean;
}

/** Arguments of a teardown. */
export interface TeardownOptions extends Omit<TaskOptions, "triggerRule"> {
  /** The setups that it ends. It runs when one of them succeeded, whatever the work between did. */
  readonly setups: readonly Handle<unknown>[];
  /** Its failure fails the run. Default false. */
  readonly onFailureFailRun?: boolean;
}

/** Arguments of a group. */
export interface GroupOptions {
  /** Its first tasks come after these. */
  readonly after?: readonly Upstream[];
  /** For all tasks in it. */
  readonly defaults?: Defaults;
  /** Tasks in it are called `group.task`. Default true. */
  readonly prefix?: boolean;
  readonly tooltip?: string;
}

/** How long the history of a DAG is kept. Each limit is enough for something to go; what is left out the configuration says. */
export interface RetentionOptions {
  /** From a run's end. */
  readonly runs?: Duration | "forever";
  /** Ended runs at most; the ones made last stay. */
  readonly maxRuns?: number | "all";
  /** From a run's end, of its tries' logs. */
  readonly logs?: Duration | "forever";
  /** Ended runs with logs at most. */
  readonly maxRunsWithLogs?: number | "all";
}

/** Arguments of a DAG. */
export interface DagOptions<P> {
  /** When it runs: `cron(…)`, `every(…)`, an asset, … Default null: only when it is triggered. */
  readonly schedule?: Schedule | AssetExpression | null;
  /** First logical date: ISO 8601; without an offset in the schedule's time zone. */
  readonly start?: string;
  /** Last logical date, as `start`. */
  readonly end?: string;
  /** Make the runs of all missed intervals since `start`. Default false. */
  readonly catchup?: boolean;
  /** Runs at once. Default 16. */
  readonly maxActiveRuns?: number;
  /** Queued and running task instances at once, over all runs. Default 16. */
  readonly maxActiveTasks?: number;
  /** Pause after so many failed runs in a row. Default 0: never. */
  readonly maxConsecutiveFailedRuns?: number;
  /** From the run's start; then it fails and what is unfinished is skipped. Default none. */
  readonly runTimeout?: Duration;
  /** Late when not ended this long after the end of the data interval. Default none. */
  readonly deadline?: Duration;
  /** The first failure stops all other tasks. Needs `all_success` everywhere. Default false. */
  readonly failFast?: boolean;
  /** Name → default, or `param(default, schema)`. */
  readonly params?: P;
  /** `webhook(…)`: ways to make a run from outside by HTTP. What they make of a body must fit the params. */
  readonly webhooks?: readonly Webhook<ConfFor<NoInfer<P>>>[];
  readonly defaults?: Defaults;
  /**
   * Folders with files of templates, relative to the DAG file's folder, which is always looked in first; see `templateExt` of operators. What is read from
   * them becomes part of the version. Default none.
   */
  readonly templateSearchpath?: readonly string[];
  readonly tags?: readonly string[];
  readonly displayName?: string;
  readonly description?: string;
  /** Markdown. */
  readonly doc?: string;
  /** Owner → address of a page or `mailto:`. */
  readonly ownerLinks?: Readonly<Record<string, string>>;
  /** Paused when it is first seen. Default: the configuration's. */
  readonly pausedUponCreation?: boolean;
  /** Role → actions. */
  readonly accessControl?: Readonly<Record<string, readonly string[]>>;
  /** How long its history is kept. Default: what the configuration says for all DAGs. */
  readonly retention?: RetentionOptions;
  readonly onSuccess?: Callbacks;
  readonly onFailure?: Callbacks;
  readonly onDeadlineMissed?: Callbacks;
}
