import { operator, type Context } from "@millrace/core";
import { LOOK_PROPERTIES, lookAtRuns, type FoundRuns, type LookOptions } from "./look-at-runs.ts";

/** Options of {@link waitForTask}. */
export interface WaitForTaskOptions extends LookOptions {
  /** A task, or several that are all waited for; of a mapped one all its instances. */
  readonly taskId: string | readonly string[];
}

/**
 * Waits for tasks of another DAG. A sensor: `mode: "defer"` or `"reschedule"` holds no slot between looks.
 *
 * @returns the DAG and the runs that were looked at.
 * @throws MillraceError TASK_FAILED when a task has failed; Permanent when there is no such DAG or task.
 * @example sensor("loaded", { timeout: "6h", mode: "defer" }, waitForTask({ dagId: "orders", taskId: "load" }))
 */
export const waitForTask = operator({
  name: "WaitForTaskSensor",
  color: "#4db7db",
  kind: "sensor",
  doc: [
    "Waits until a task of another DAG (or several) has succeeded in the run for the same logical date, or others; of a mapped task all instances. A sensor, as",
    "`waitForRun`.",
    "",
    "**Result**: `{ dagId, runs: [{ runId, logicalDate }] }`. **Fails** with `TASK_FAILED` as soon as a task has failed, and without another try when there is no",
    "such DAG or task.",
  ].join("\n"),
  otherDag: { option: "dagId", does: "waitsFor" },
  templated: ["dagId", "taskId", "logicalDate", "runId"],
  schema: {
    type: "object",
    required: ["dagId", "taskId"],
    additionalProperties: false,
    properties: {
      ...LOOK_PROPERTIES,
      taskId: {
        anyOf: [
          { type: "string", minLength: 1 },
          { type: "array", items: { type: "string" }, minItems: 1 },
        ],
        description: "A task with the prefix of its groups, or several that are all waited for.",
      },
    },
  },
  run: async ({ taskId, ...options }: WaitForTaskOptions, ctx: Context): Promise<FoundRuns | false> =>
    await lookAtRuns({ ...options, taskIds: [taskId].flat() }, ctx),
});
