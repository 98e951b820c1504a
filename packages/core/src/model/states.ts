/** States of a task instance, as in Airflow. The position is the code that a run holds in memory. */
export const TASK_STATES = [
  "none",
  "scheduled",
  "queued",
  "running",
  "restarting",
  "deferred",
  "up_for_retry",
  "up_for_reschedule",
  "success",
  "failed",
  "upstream_failed",
  "skipped",
  "removed",
] as const;

/** `none`: not looked at yet. `scheduled`: ready, waiting for a free slot. */
export type TaskState = (typeof TASK_STATES)[number];

/** States of a run. A finished run goes back to `queued` when it is cleared. */
export const RUN_STATES = ["queued", "running", "success", "failed"] as const;
export type RunState = (typeof RUN_STATES)[number];

export const RUN_TYPES = ["scheduled", "manual", "backfill", "asset_triggered"] as const;
/** Why a run exists. API v1 writes `asset_triggered` as `dataset_triggered`. */
export type RunType = (typeof RUN_TYPES)[number];

/** True for the states that a task instance only leaves by being cleared or marked. */
export function isTerminal(state: TaskState): boolean {
  return (
    state === "success" ||
    state === "failed" ||
    state === "upstream_failed" ||
    state === "skipped" ||
    state === "removed"
  );
}

/** True while a dispatch is alive: handed over, running, or being stopped to start again. */
export function isLive(state: TaskState): boolean {
  return state === "queued" || state === "running" || state === "restarting";
}

/** True for an end with which work that depends on it may go on: nothing failed. */
export function isFine(state: TaskState): boolean {
  return state === "success" || state === "skipped" || state === "removed";
}
