import { type Context, Permanent, operator } from "millrace";
import { openSpark } from "@millrace/provider-spark";
import { measureDeltaBacklog } from "../service/delta-backlog.ts";
import type { EventLog } from "../service/event-log.ts";
import { openEventLog } from "../service/open-event-log.ts";
import { type LayerPaths, layerTable, openLake } from "../service/open-lake.ts";
import { measureBacklog } from "../service/process-layers.ts";
import type { DomainRecord } from "../steps/domain-record.ts";
import { type JobState, type LayerBacklog, judgeBacklog } from "../steps/judge-backlog.ts";
import { LAYERS, type Layer } from "../steps/lake-schema.ts";
import { openWithoutRetry } from "./open-without-retry.ts";
import { isSpark } from "./process-by-spark.ts";

/** Options of {@link sparkJobCheck}. */
export interface SparkJobCheckOptions extends LayerPaths {
  /** `local`: the layers are processed by this pipeline's own DAG. Else a master of Spark; a standalone one is asked for its workers. */
  readonly sparkMaster: string;
  /** Address of the pages of a standalone master. Empty: port 8080 of the master. */
  readonly sparkUi?: string;
  /** Connection of tables on S3. Empty: what the machine has. */
  readonly lakeConnection?: string;
  /** One of bronze, silver, gold; null = all. */
  readonly jobName?: string | null;
  readonly kafkaServers: string;
  /** How long input may wait. Default 15. */
  readonly maxLagMinutes?: number;
}

/** Jobs that keep up with their input. */
export interface SparkJobs {
  readonly status: "success";
  /** ISO instant, UTC. */
  readonly checked_at: string;
  readonly spark_master: string;
  /** What was measured. */
  readonly profile: "local layer processing" | "jobs of Spark";
  readonly jobs: readonly JobState[];
}

/** Measures how far the processing of the layers is behind its input, and fails when input has waited for too long. */
export const sparkJobCheck = operator({
  name: "SparkJobCheckOperator",
  color: "#FFA500",
  templated: ["sparkMaster", "sparkUi", "lakeConnection", "kafkaServers", "bronzePath", "silverPath", "goldPath"],
  doc: "Asks a standalone master for its workers, and compares each layer with its input. Fails without a worker, or when input has waited longer than the limit. Changes nothing.",
  run: async (options: SparkJobCheckOptions, ctx): Promise<SparkJobs> => {
    const { sparkMaster, kafkaServers, maxLagMinutes = 15 } = options;
    const layers = layersOf(options.jobName);
    const nowMs = Date.now();
    const profile = isSpark(sparkMaster) ? "jobs of Spark" : "local layer processing";
    if (sparkMaster.startsWith("spark://")) await checkWorkers(options, ctx);
    await using eventLog = openWithoutRetry(() =>
      openEventLog<DomainRecord>(kafkaServers, { nowMs: Date.now, baseFolder: process.cwd(), ctx, timeout: "10s" }),
    );
    const jobs = (await backlogsOf(options, eventLog, ctx))
      .filter(({ layer }) => layers.includes(layer))
      .map((backlog) => judgeBacklog(backlog, maxLagMinutes, nowMs));
    ctx.log.info("layer processing measured", { jobs });
    const behind = jobs.filter((job) => job.state === "behind");
    if (behind.length > 0) {
      const which = behind.map((job) => `${job.name} (${job.pending} pending, oldest ${job.lag_minutes} minutes)`);
      throw new Error(`layer processing is behind by more than ${maxLagMinutes} minutes: ${which.join(", ")}`);
    }
    const checkedAt = new Date(nowMs).toISOString();
    return { status: "success", checked_at: checkedAt, spark_master: sparkMaster, profile, jobs };
  },
});

async function checkWorkers({ sparkMaster, sparkUi = "" }: SparkJobCheckOptions, ctx: Context): Promise<void> {
  await using spark = await openSpark({ master: sparkMaster, ...(sparkUi === "" ? {} : { ui: sparkUi }) }, { ctx });
  const { status, workers } = await spark.cluster();
  const alive = workers.filter((worker) => worker.state === "ALIVE").length;
  ctx.log.info("master asked", { status, workers: alive });
  if (status !== "ALIVE" || alive === 0)
    throw new Error(`the master ${sparkMaster} is ${status} with ${alive} workers: no job can run`);
}

async function backlogsOf(
  options: SparkJobCheckOptions,
  eventLog: EventLog<DomainRecord>,
  ctx: Context,
): Promise<readonly LayerBacklog[]> {
  if (!isSpark(options.sparkMaster)) {
    const lake = openWithoutRetry(() => openLake(options, process.cwd(), Date.now));
    return await measureBacklog(eventLog, lake);
  }
  const table = (layer: Layer): string => layerTable(options, layer, process.cwd());
  const tables = { bronze: table("bronze"), silver: table("silver"), gold: table("gold") };
  return await measureDeltaBacklog(eventLog, tables, { connection: options.lakeConnection ?? "", ctx });
}

function layersOf(jobName: string | null | undefined): readonly Layer[] {
  if (jobName === undefined || jobName === null) return LAYERS;
  const layer = LAYERS.find((name) => name === jobName);
  if (layer === undefined) throw new Permanent(`there is no job "${jobName}"; the jobs are ${LAYERS.join(", ")}`);
  return [layer];
}
