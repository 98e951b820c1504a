import { operator, type Context, type Duration } from "@millrace/core";
import { checkFreshness, type DeltaFreshness } from "../freshness/check-freshness.ts";
import { openDelta } from "../open-delta.ts";
import { openOptions, TABLE_PROPERTIES, type TableOptions } from "./table-options.ts";

/** Options of {@link deltaFreshness}. */
export interface DeltaFreshnessOptions extends TableOptions {
  /** How old the newest data may be: `30m`, `2h`. */
  readonly maxAge: Duration;
  /** A column of times or dates whose largest value is judged, in place of the time of the newest commit. */
  readonly column?: string;
}

/**
 * Fails when the newest data of a Delta table are older than `maxAge`.
 *
 * @returns version, time of its commit, age in minutes
 * @throws MillraceError TASK_FAILED when the data are too old or there are none, NOT_FOUND without a table
 * @example deltaFreshness({ path: variable("gold_path"), maxAge: "2h" })
 */
export const deltaFreshness = operator({
  name: "DeltaFreshnessOperator",
  color: "#90EE90",
  doc: [
    "Fails when the newest data of a Delta table are older than `maxAge`. What counts is the newest commit that brought rows, read from the log (no Spark is",
    "needed): `OPTIMIZE`, `VACUUM`, deletions and changes of the schema do not count. With `column` it is the largest value of a column of times or dates, from",
    "the statistics of the log (cut to milliseconds) or, without them, from the footers of the files.",
    "",
    "**Result**: `{ status, path, version, committedAt, ageMinutes, maxAgeMinutes, checkedAt, exact }`; `exact` is false when the log was cleaned and only",
    "maintenance is left in it. **Fails** with `TASK_FAILED`, with both times, when the data are too old or there are none; with `NOT_FOUND` without a table;",
    "with `UNREACHABLE` when the storage does not answer; without another try when it refuses. It only reads: a retry is harmless.",
  ].join("\n"),
  templated: ["path", "column"],
  schema: {
    type: "object",
    required: ["path", "maxAge"],
    additionalProperties: false,
    properties: {
      ...TABLE_PROPERTIES,
      maxAge: { type: "string", minLength: 1, description: "How old the newest data may be: `30m`, `2h`." },
      column: {
        type: "string",
        minLength: 1,
        description:
          "A column of times or dates whose largest value is judged, in place of the time of the newest commit.",
      },
    },
  },
  run: async ({ maxAge, column, ...options }: DeltaFreshnessOptions, ctx: Context): Promise<DeltaFreshness> => {
    await using table = await openDelta(options.path, openOptions(options, ctx));
    return await checkFreshness(table, { maxAge, now: ctx.now(), ...(column !== undefined && { column }) });
  },
});
