import type { TaskState } from "@millrace/api";

const LIVE: ReadonlySet<TaskState> = new Set(["running", "queued", "restarting", "deferred", "up_for_reschedule"]);

/** Whether the present try of a task instance may still write to its log. */
export function isTaskLive(state: TaskState): boolean {
  return LIVE.has(state);
}
