import { isMillraceError, operator, type Context } from "@millrace/core";
import { openDelta } from "../open-delta.ts";
import { openOptions, TABLE_PROPERTIES, type TableOptions } from "./table-options.ts";

/** Options of {@link waitForDeltaVersion}. */
export interface WaitForDeltaVersionOptions extends TableOptions {
  /** The least version. Default 0: that there is a table. */
  readonly version?: number;
}

/** The version that is there. */
export interface FoundVersion {
  readonly version: number;
}

/**
 * Waits until a Delta table has a version, or is there at all. A sensor.
 *
 * @throws MillraceError UNREACHABLE when the storage does not answer; Permanent when it refuses
 * @example sensor("gold_there", { timeout: "2h", every: "1m", mode: "reschedule" }, waitForDeltaVersion({ path: "s3://lake/gold/domains", connection: "lake" }))
 */
export const waitForDeltaVersion = operator({
  name: "WaitForDeltaVersionSensor",
  color: "#bfe3c0",
  kind: "sensor",
  doc: [
    "Waits until a Delta table has at least a version; without one, until it is there. A sensor: `every`, `timeout`, `softFail` and `mode` are options of `sensor()`; with",
    '`mode: "defer"` or `"reschedule"` it holds no slot between looks.',
    "",
    "**Result**: `{ version }`, the newest one. **Fails** with `UNREACHABLE` when the storage does not answer, without another try when it refuses. It only reads.",
  ].join("\n"),
  templated: ["path"],
  schema: {
    type: "object",
    required: ["path"],
    additionalProperties: false,
    properties: {
      ...TABLE_PROPERTIES,
      version: { type: "integer", minimum: 0, default: 0, description: "The least version." },
    },
  },
  run: async ({ version = 0, ...options }: WaitForDeltaVersionOptions, ctx: Context): Promise<FoundVersion | false> => {
    try {
      await using table = await openDelta(options.path, openOptions(options, ctx));
      return table.version >= version && { version: table.version };
    } catch (error) {
      if (isMillraceError(error) && error.code === "NOT_FOUND") return false;
      throw error;
    }
  },
});
