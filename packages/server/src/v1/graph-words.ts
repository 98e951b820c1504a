import type { V1DAGRun, V1TaskState, V1TriggerRule, V1WeightRule } from "@millrace/api";
import type { GraphTask, RunType, TaskState, TriggerRule } from "@millrace/core";

// API v1's clients refuse words that its enums do not have: these maps are the only way out, and the type-check proves that they are complete.

const TRIGGER_RULES = {
  all_success: "all_success",
  all_failed: "all_failed",
  all_done: "all_done",
  all_skipped: "all_skipped",
  one_success: "one_success",
  one_failed: "one_failed",
  one_done: "one_done",
  none_failed: "none_failed",
  none_failed_min_one_success: "none_failed_min_one_success",
  none_skipped: "none_skipped",
  always: "always",
  all_done_setup_success: "all_done_setup_success",
} as const satisfies Record<TriggerRule, V1TriggerRule>;

const WEIGHT_RULES = {
  downstream: "downstream",
  upstream: "upstream",
  absolute: "absolute",
} as const satisfies Record<GraphTask["weightRule"], V1WeightRule>;

const RUN_TYPES = {
  scheduled: "scheduled",
  manual: "manual",
  backfill: "backfill",
  asset_triggered: "dataset_triggered",
} as const satisfies Record<RunType, NonNullable<V1DAGRun["run_type"]>>;

const TASK_STATES = {
  none: null,
  scheduled: "scheduled",
  queued: "queued",
  running: "running",
  restarting: "restarting",
  deferred: "deferred",
  up_for_retry: "up_for_retry",
  up_for_reschedule: "up_for_reschedule",
  success: "success",
  failed: "failed",
  upstream_failed: "upstream_failed",
  skipped: "skipped",
  removed: "removed",
} as const satisfies Record<TaskState, V1TaskState>;

/** A trigger rule in API v1's words. */
export function v1TriggerRule(rule: TriggerRule): V1TriggerRule {
  return TRIGGER_RULES[rule];
}

/** A weight rule in API v1's words. */
export function v1WeightRule(rule: GraphTask["weightRule"]): V1WeightRule {
  return WEIGHT_RULES[rule];
}

/** Why a run exists, in API v1's words. */
export function v1RunType(type: RunType): NonNullable<V1DAGRun["run_type"]> {
  return RUN_TYPES[type];
}

/** A task instance's state in API v1's words: null for one that was not looked at yet. */
export function v1TaskState(state: TaskState): V1TaskState {
  return TASK_STATES[state];
}
