import { operator, type Context } from "@millrace/core";
import { LOOK_PROPERTIES, lookAtRuns, type FoundRuns, type LookOptions } from "./look-at-runs.ts";

/** Options of {@link waitForGroup}. */
export interface WaitForGroupOptions extends LookOptions {
  /** A group; all tasks in it and in groups inside it are waited for. */
  readonly groupId: string;
}

/**
 * Waits for a task group of another DAG. A sensor: `mode: "defer"` or `"reschedule"` holds no slot between looks.
 *
 * @returns the DAG and the runs that were looked at.
 * @throws MillraceError TASK_FAILED when a task of the group has failed; Permanent when there is no such DAG or group.
 * @example sensor("published", { timeout: "6h", mode: "defer" }, waitForGroup({ dagId: "orders", groupId: "publishing" }))
 */
export const waitForGroup = operator({
  name: "WaitForGroupSensor",
  color: "#4db7db",
  kind: "sensor",
  doc: [
    "Waits until all tasks of a group of another DAG (with the groups inside it) have succeeded in the run for the same logical date, or others. A sensor, as",
    '`waitForRun`. Where tasks of the group may be skipped, say `allowedStates: ["success", "skipped"]`.',
    "",
    "**Result**: `{ dagId, runs: [{ runId, logicalDate }] }`. **Fails** with `TASK_FAILED` as soon as a task has failed, and without another try when there is no",
    "such DAG or group.",
  ].join("\n"),
  otherDag: { option: "dagId", does: "waitsFor" },
  templated: ["dagId", "groupId", "logicalDate", "runId"],
  schema: {
    type: "object",
    required: ["dagId", "groupId"],
    additionalProperties: false,
    properties: {
      ...LOOK_PROPERTIES,
      groupId: { type: "string", minLength: 1, description: "The group to wait for." },
    },
  },
  run: async (options: WaitForGroupOptions, ctx: Context): Promise<FoundRuns | false> => await lookAtRuns(options, ctx),
});
