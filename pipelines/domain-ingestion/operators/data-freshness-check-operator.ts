import { operator } from "millrace";
import { newestDataAt } from "../service/delta-log.ts";
import { tableFolder } from "../service/open-lake.ts";
import { judgeFreshness } from "../steps/freshness.ts";

/** Options of {@link dataFreshnessCheck}. */
export interface DataFreshnessCheckOptions {
  /** Folder of a table with a Delta log. */
  readonly deltaPath: string;
  /** Default 120. */
  readonly maxAgeMinutes?: number;
}

/** A table that is young enough. */
export interface FreshTable {
  readonly status: "success";
  /** ISO instant, UTC. */
  readonly checked_at: string;
  readonly delta_path: string;
  readonly age_minutes: number;
  readonly max_age_minutes: number;
}

/** Measures the age of the newest data of a table from its Delta log, and fails when it is too old or there is none. */
export const dataFreshnessCheck = operator({
  name: "DataFreshnessCheckOperator",
  color: "#90EE90",
  templated: ["deltaPath"],
  doc: "Reads the newest commit that brought data from the table's Delta log. Fails when it is older than the limit or there is none. Changes nothing.",
  run: async ({ deltaPath, maxAgeMinutes = 120 }: DataFreshnessCheckOptions): Promise<FreshTable> => {
    const folder = tableFolder(deltaPath, process.cwd());
    const nowMs = Date.now();
    const freshness = judgeFreshness(await newestDataAt(folder), maxAgeMinutes, nowMs);
    if (freshness.kind !== "fresh") throw new Error(`${deltaPath}: ${freshness.why}`);
    return {
      status: "success",
      checked_at: new Date(nowMs).toISOString(),
      delta_path: deltaPath,
      age_minutes: freshness.ageMinutes,
      max_age_minutes: maxAgeMinutes,
    };
  },
});
