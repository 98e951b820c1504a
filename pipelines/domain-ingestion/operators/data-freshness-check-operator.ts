import { setTimeout as wait } from "node:timers/promises";
import { type Context, operator } from "millrace";
import { newestDataOf } from "../service/delta-backlog.ts";
import { localPath } from "../service/open-event-log.ts";
import { isAddress } from "../service/open-lake.ts";
import { judgeFreshness } from "../steps/freshness.ts";

const LOOK_MS = 250;

/** Options of {@link dataFreshnessCheck}. */
export interface DataFreshnessCheckOptions {
  /** A table with a Delta log: a folder, or `s3a://bucket/folder`. */
  readonly deltaPath: string;
  /** Connection of a table on S3. Empty: what the machine has. */
  readonly lakeConnection?: string;
  /** Default 120. */
  readonly maxAgeMinutes?: number;
  /** In its first try, the check gives a table that has never received data so long to receive its first. Default 0. */
  readonly firstDataWithinSeconds?: number;
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
  templated: ["deltaPath", "lakeConnection"],
  doc: "Reads the newest commit that brought data from the table's Delta log. Fails when it is older than the limit or there is none. Changes nothing.",
  run: async (options: DataFreshnessCheckOptions, ctx): Promise<FreshTable> => {
    const { deltaPath, maxAgeMinutes = 120 } = options;
    const newestMs = await findNewestData(options, ctx);
    const nowMs = Date.now();
    const freshness = judgeFreshness(newestMs, maxAgeMinutes, nowMs);
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

/** When the newest data was written; waits for the first, as an ingestion that has just begun may be about to bring it. */
async function findNewestData(
  { deltaPath, lakeConnection = "", firstDataWithinSeconds = 0 }: DataFreshnessCheckOptions,
  ctx: Context,
): Promise<number | undefined> {
  const { log, signal, tryNumber } = ctx;
  const path = isAddress(deltaPath) ? deltaPath : localPath(deltaPath, process.cwd());
  const untilMs = performance.now() + (tryNumber > 1 ? 0 : firstDataWithinSeconds * 1_000);
  for (let isFirstLook = true; ; isFirstLook = false) {
    const newestMs = await newestDataOf(path, { connection: lakeConnection, ctx });
    const leftMs = untilMs - performance.now();
    if (newestMs !== undefined || leftMs <= 0) return newestMs;
    if (isFirstLook)
      log.info("no data yet, waiting for the first", { delta_path: deltaPath, wait_seconds: firstDataWithinSeconds });
    await wait(Math.min(LOOK_MS, leftMs), undefined, { signal });
  }
}
