import { Permanent, operator } from "millrace";
import { openEventLog } from "../service/open-event-log.ts";
import { type LayerPaths, openLake } from "../service/open-lake.ts";
import { measureBacklog } from "../service/process-layers.ts";
import type { DomainRecord } from "../steps/domain-record.ts";
import { type JobState, judgeBacklog } from "../steps/judge-backlog.ts";
import { LAYERS, type Layer } from "../steps/lake-schema.ts";
import { openWithoutRetry } from "./open-without-retry.ts";

/** Options of {@link sparkJobCheck}. */
export interface SparkJobCheckOptions extends LayerPaths {
  /** `local`: the layers are processed by this pipeline's own DAG, and their progress is measured. */
  readonly sparkMaster: string;
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
  readonly profile: "local layer processing";
  readonly jobs: readonly JobState[];
}

/** Measures how far the processing of the layers is behind its input, and fails when input has waited for too long. */
export const sparkJobCheck = operator({
  name: "SparkJobCheckOperator",
  color: "#FFA500",
  templated: ["sparkMaster", "kafkaServers", "bronzePath", "silverPath", "goldPath"],
  doc: "Compares each layer's committed progress with its input. Fails when input has waited longer than the limit. Changes nothing.",
  run: async (options: SparkJobCheckOptions, { log }): Promise<SparkJobs> => {
    const { sparkMaster, kafkaServers, maxLagMinutes = 15 } = options;
    if (!/^local(\[.*\])?$/.test(sparkMaster)) {
      throw new Permanent(
        `spark_master "${sparkMaster}" names a cluster, and this profile has no Spark client: it measures the layers that it processes itself; set the variable spark_master to "local"`,
      );
    }
    const layers = layersOf(options.jobName);
    const nowMs = Date.now();
    const eventLog = openWithoutRetry(() =>
      openEventLog<DomainRecord>(kafkaServers, { nowMs: Date.now, baseFolder: process.cwd() }),
    );
    const lake = openWithoutRetry(() => openLake(options, process.cwd(), Date.now));
    const backlogs = await measureBacklog(eventLog, lake);
    const jobs = backlogs
      .filter(({ layer }) => layers.includes(layer))
      .map((backlog) => judgeBacklog(backlog, maxLagMinutes, nowMs));
    log.info("layer processing measured", { jobs });
    const behind = jobs.filter((job) => job.state === "behind");
    if (behind.length > 0) {
      const which = behind.map((job) => `${job.name} (${job.pending} pending, oldest ${job.lag_minutes} minutes)`);
      throw new Error(`layer processing is behind by more than ${maxLagMinutes} minutes: ${which.join(", ")}`);
    }
    const checkedAt = new Date(nowMs).toISOString();
    return {
      status: "success",
      checked_at: checkedAt,
      spark_master: sparkMaster,
      profile: "local layer processing",
      jobs,
    };
  },
});

function layersOf(jobName: string | null | undefined): readonly Layer[] {
  if (jobName === undefined || jobName === null) return LAYERS;
  const layer = LAYERS.find((name) => name === jobName);
  if (layer === undefined) throw new Permanent(`there is no job "${jobName}"; the jobs are ${LAYERS.join(", ")}`);
  return [layer];
}
