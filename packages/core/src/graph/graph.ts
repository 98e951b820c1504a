import type { Micros } from "../model/instant.ts";
import type { RetentionPolicy } from "../model/retention-policy.ts";
import type { TriggerRule } from "../model/trigger-rule.ts";
import type { Schedule } from "../timetable/schedule.ts";
import type { GraphWebhook } from "./webhook.ts";

/**
 * A DAG as data: what the builder made of a `dag()` call, without its functions. It is stored as JSON with each version,
 * compared by hash between processor and workers, and is all that the plan knows of a DAG.
 */
export interface Graph {
  readonly dagId: string;
  readonly dag: GraphDag;
  /** In topological order: an edge always points from a lower to a higher index. The index is the task's number in this version. */
  readonly tasks: readonly GraphTask[];
  /** Parents before children. */
  readonly groups: readonly GraphGroup[];
}

/** When user code runs beside a task instance or a run. */
export type TaskCallback = "execute" | "success" | "failure" | "retry" | "skip";
export type DagCallback = "success" | "failure" | "deadline";

/** The options of a DAG with every default filled in. */
export interface GraphDag {
  readonly displayName?: string;
  readonly description?: string;
  readonly docMd?: string;
  readonly tags: readonly string[];
  readonly ownerLinks?: Readonly<Record<string, string>>;
  readonly schedule: Schedule;
  /** Where `schedule` is from when it is not the file's own. */
  readonly scheduleOverride?: ScheduleOverride;
  /** Bounds on logical dates. */
  readonly start?: Micros;
  readonly end?: Micros;
  readonly catchup: boolean;
  readonly maxActiveRuns: number;
  readonly maxActiveTasks: number;
  /** 0 = never. After so many failed runs in a row the DAG is paused. */
  readonly maxConsecutiveFailedRuns: number;
  /** Measured from the run's start. */
  readonly runTimeoutMicros?: number;
  /** The run is late when it has not ended this long after its data interval. */
  readonly deadlineMicros?: number;
  readonly failFast: boolean;
  /** name → JSON Schema with `default`. */
  readonly params: Readonly<Record<string, GraphParam>>;
  readonly callbacks: readonly DagCallback[];
  readonly pausedUponCreation?: boolean;
  /** Role → actions, kept for the server. */
  readonly accessControl?: Readonly<Record<string, readonly string[]>>;
  readonly retention?: GraphRetention;
  /** Absent: none. */
  readonly webhooks?: readonly GraphWebhook[];
}

/** What a DAG says about how long its history is kept; null = no limit, absent = what the configuration says. */
export type GraphRetention = Partial<RetentionPolicy>;

/** A schedule that was given to a DAG from outside of its file. */
export interface ScheduleOverride {
  /** The file that says so, as people name it: relative to the project folder. */
  readonly from: string;
  readonly schedule: Schedule;
  /** Whether the DAG is paused when it appears for the first time. Absent: as its own file says. */
  readonly pausedUponCreation?: boolean;
}

/** One declared param: its default (absent = required) and the rest of its JSON Schema. */
export interface GraphParam {
  readonly default?: unknown;
  readonly description?: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A group of tasks. Its tasks' ids are prefixed with `groupId.` unless `prefix` is false. */
export interface GraphGroup {
  readonly groupId: string;
  readonly parent?: number;
  readonly prefix: boolean;
  readonly tooltip?: string;
  /** Present on a mapped group: each of its tasks has one instance per element. */
  readonly each?: GraphEach;
}

/** What a mapped task or group maps over. */
export interface GraphEach {
  /**
   * product: every combination, the last source varies fastest. zip: element i of each, as long as the shortest. zipLongest: as long as the
   * longest; the worker fills in what the shorter ones lack.
   */
  readonly mode: "product" | "zip" | "zipLongest";
  readonly sources: readonly GraphEachSource[];
}

/** A list to map over, or several one after the other (`concat`). */
export type GraphEachSource = { readonly name: string } & (
  GraphList | { readonly from: "concat"; readonly parts: readonly GraphList[] }
);

/**
 * A task's result, what it pushed under `key`, or what is at `path` in its result; a list (or map) in the DAG file; a param of the run. Whatever
 * maps over a task maps over the same part of its result: that part's length is what the task reports.
 */
export type GraphList =
  | {
      readonly from: "task";
      readonly task: number;
      readonly key?: string;
      readonly path?: readonly (string | number)[];
    }
  | { readonly from: "literal"; readonly length: number }
  | { readonly from: "param"; readonly param: string };

/** An edge of the graph. */
export interface GraphEdge {
  /** Index of the upstream task. */
  readonly task: number;
  /** data: its result is read; order: it only has to come first. */
  readonly via: "data" | "order";
  /** On an edge from a branch: this task follows when the branch chose one of these keys. Absent = follows always. */
  readonly choices?: readonly string[];
}

/** Where one input of a body comes from. The worker resolves it; the engine only needs the tasks behind it. */
export interface GraphInput {
  /** A task's result; of a mapped task its successful instances' results in index order, as list or as stream. */
  readonly task: number;
  readonly join: "value" | "list" | "stream";
  /** XCom key, `return_value` when absent. */
  readonly key?: string;
}

/** One task of a version. */
export interface GraphTask {
  /** With the prefix of its groups. */
  readonly taskId: string;
  readonly displayName?: string;
  /** Index into groups. */
  readonly group?: number;
  /** Name of the operator that the user sees, for example `BashOperator`. */
  readonly operator: string;
  readonly color?: string;
  /** Another DAG that its operator starts or waits for, where the DAG file says which. */
  readonly otherDag?: { readonly dagId: string; readonly does: "triggers" | "waitsFor" };
  readonly owner: string;
  readonly docMd?: string;
  /**
   * empty: succeeds without a worker. branch: its result names the choices that follow. shortCircuit: a false result skips
   * everything downstream. sensor: may ask to be looked at again.
   */
  readonly kind: "task" | "empty" | "branch" | "shortCircuit" | "sensor";
  /** shortCircuit only: true = downstream tasks' own trigger rules are respected, only direct downstream is skipped. */
  readonly respectTriggerRules?: boolean;
  /** At most one edge per upstream task, ordered by task. */
  readonly upstream: readonly GraphEdge[];
  readonly triggerRule: TriggerRule;
  /** Absent = nobody said: what the system's rules say. */
  readonly retries?: number;
  readonly retryDelayMicros: number;
  readonly exponentialBackoff: boolean;
  readonly maxRetryDelayMicros?: number;
  /** Per try, counted from its start. */
  readonly executionTimeoutMicros?: number;
  readonly dependsOnPast: boolean;
  readonly waitForDownstream: boolean;
  /** A skip waits for the previous run, too. */
  readonly waitForPastBeforeSkipping?: boolean;
  readonly pool: string;
  readonly poolSlots: number;
  /** What the user wrote; `priority` is the effective weight after the weight rule. */
  readonly priorityWeight: number;
  readonly weightRule: "downstream" | "upstream" | "absolute";
  readonly priority: number;
  readonly queue: string;
  readonly maxActivePerDag?: number;
  readonly maxActivePerRun?: number;
  /** Bounds on logical dates. */
  readonly start?: Micros;
  readonly end?: Micros;
  readonly setup?: boolean;
  readonly teardown?: boolean;
  /** teardown: indexes of the setups it ends. Other tasks: the setups in whose scope they are (all must succeed). */
  readonly setups?: readonly number[];
  /** teardown only: its failure fails the run. */
  readonly onFailureFailRun?: boolean;
  /** Input name (options of operators as `options.<path>`) → source. */
  readonly inputs: Readonly<Record<string, GraphInput>>;
  /** Own mapping. A task in a mapped group is mapped by the group instead. */
  readonly each?: GraphEach;
  /** Jinja text that names each mapped instance, rendered in the worker. */
  readonly mapName?: string;
  readonly inlets: readonly string[];
  readonly outlets: readonly string[];
  /** What it may read on a worker of another machine, when its options say so or name some. */
  readonly connections?: readonly string[];
  readonly variables?: readonly string[];
  readonly callbacks: readonly TaskCallback[];
  readonly isolation: "shared" | "process";
  /** R9: never started twice. */
  readonly singleAttempt: boolean;
  readonly sensor?: GraphSensor;
  /** The instance is late when it has not succeeded this long after the run's data interval (`sla` in API v1). */
  readonly deadlineMicros?: number;
  /** Names of the operator's options that are templates. */
  readonly templated: readonly string[];
  readonly params?: Readonly<Record<string, GraphParam>>;
  readonly pushesResult: boolean;
}

/** How a sensor waits. */
export interface GraphSensor {
  /** poke holds a worker slot between looks; reschedule and defer free it. */
  readonly mode: "poke" | "reschedule" | "defer";
  readonly everyMicros: number;
  /** From the first look, across reschedules and retries. */
  readonly timeoutMicros: number;
  readonly softFail: boolean;
  readonly neverFail?: boolean;
  readonly silentFail?: boolean;
  readonly exponentialBackoff: boolean;
  readonly maxWaitMicros?: number;
}
