import { operator, type Context } from "@millrace/core";
import { LOOK_PROPERTIES, lookAtRuns, type FoundRuns, type LookOptions } from "./look-at-runs.ts";

/** Options of {@link waitForRun}. */
export type WaitForRunOptions = LookOptions;

/**
 * Waits for a run of another DAG. A sensor: `mode: "defer"` or `"reschedule"` holds no slot between looks.
 *
 * @returns the DAG and the runs that were waited for.
 * @throws MillraceError TASK_FAILED when the run has failed; Permanent when there is no such DAG.
 * @example sensor("orders_done", { timeout: "6h", every: "5m", mode: "defer" }, waitForRun({ dagId: "orders", before: "1d" }))
 */
export const waitForRun = operator({
  name: "WaitForRunSensor",
  color: "#4db7db",
  kind: "sensor",
  doc: [
    "Waits until the run of another DAG for the same logical date (or others, see below) has succeeded. A sensor: `every`, `timeout`, `softFail` and `mode` are",
    'options of `sensor()`; with `mode: "defer"` or `"reschedule"` it holds no slot between looks.',
    "",
    "**Result**: `{ dagId, runs: [{ runId, logicalDate }] }`. **Fails** with `TASK_FAILED` as soon as the run has failed, and without another try when there is no",
    "such DAG.",
  ].join("\n"),
  otherDag: { option: "dagId", does: "waitsFor" },
  templated: ["dagId", "logicalDate", "runId"],
  schema: { type: "object", required: ["dagId"], additionalProperties: false, properties: LOOK_PROPERTIES },
  run: async (options: WaitForRunOptions, ctx: Context): Promise<FoundRuns | false> => await lookAtRuns(options, ctx),
});
