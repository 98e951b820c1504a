import { operator, type Context } from "@millrace/core";
import type { DeltaCommit } from "../history/read-history.ts";
import { openDelta } from "../open-delta.ts";
import { openOptions, TABLE_PROPERTIES, type TableOptions } from "./table-options.ts";

/** Options of {@link deltaHistory}. */
export interface DeltaHistoryOptions extends TableOptions {
  /** Most commits. Default 20. */
  readonly limit?: number;
}

/**
 * The newest commits of a Delta table, the newest first.
 *
 * @throws MillraceError NOT_FOUND without a table, UNREACHABLE; Permanent when the storage refuses
 * @example deltaHistory({ path: "/data/delta/gold/domains", limit: 5 })
 */
export const deltaHistory = operator({
  name: "DeltaHistoryOperator",
  color: "#dff0df",
  doc: [
    "The newest commits of a Delta table, the newest first, as far as its log goes back.",
    "",
    "**Result**: a list of `{ version, committedAt, operation, operationParameters, operationMetrics, engine, filesAdded, filesRemoved, broughtData }`. **Fails** with",
    "`NOT_FOUND` without a table. It only reads.",
  ].join("\n"),
  templated: ["path"],
  schema: {
    type: "object",
    required: ["path"],
    additionalProperties: false,
    properties: {
      ...TABLE_PROPERTIES,
      limit: { type: "integer", minimum: 1, maximum: 1_000, default: 20, description: "Most commits." },
    },
  },
  run: async ({ limit = 20, ...options }: DeltaHistoryOptions, ctx: Context): Promise<readonly DeltaCommit[]> => {
    await using table = await openDelta(options.path, openOptions(options, ctx));
    const commits: DeltaCommit[] = [];
    for await (const commit of table.history()) {
      commits.push(commit);
      if (commits.length >= limit) break;
    }
    return commits;
  },
});
