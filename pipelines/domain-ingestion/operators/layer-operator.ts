import { type Context, operator } from "millrace";
import { openEventLog } from "../service/open-event-log.ts";
import { type LayerPaths, openLake } from "../service/open-lake.ts";
import { type LayerReport, processBronze, processGold, processSilver } from "../service/process-layers.ts";
import type { DomainRecord } from "../steps/domain-record.ts";
import type { Layer } from "../steps/lake-schema.ts";
import { openWithoutRetry } from "./open-without-retry.ts";
import { type SparkOptions, isSpark, processBySpark } from "./process-by-spark.ts";

/** Options of {@link processLayer}. `sparkMaster` = `local`: processed here, tables in folders; else: by a job of Spark, Delta tables. */
export interface ProcessLayerOptions extends LayerPaths, SparkOptions {
  /** Folder of the pipeline: the jobs lie in it. */
  readonly pipelineFolder: string;
  readonly layer: Layer;
  readonly kafkaServers: string;
}

/** Brings one layer up to date with its input. A retry goes on from the layer's own progress; nothing counts twice. */
export const processLayer = operator({
  name: "ProcessLayerOperator",
  color: "#D8BFD8",
  templated: [
    "kafkaServers",
    "bronzePath",
    "silverPath",
    "goldPath",
    "sparkMaster",
    "sparkUi",
    "sparkConf",
    "driverMemory",
  ],
  doc: "Appends or merges what the layer's input has gained since its last commit, here or by a job of Spark. Rows and progress are one commit, so a retry is harmless.",
  run: async (options: ProcessLayerOptions, ctx): Promise<LayerReport> => {
    const report = await (isSpark(options.sparkMaster) ? processBySpark(options, ctx) : processHere(options, ctx));
    if (report.outcome === "superseded")
      throw new Error(`another pass over ${report.layer} was at work at the same time; nothing was written, try again`);
    ctx.log.info("layer processed", report);
    return report;
  },
});

async function processHere(options: ProcessLayerOptions, ctx: Context): Promise<LayerReport> {
  const { bronze, silver, gold } = openWithoutRetry(() => openLake(options, process.cwd(), Date.now));
  await using eventLog = openWithoutRetry(() =>
    openEventLog<DomainRecord>(options.kafkaServers, { nowMs: Date.now, baseFolder: process.cwd(), ctx }),
  );
  const passes = {
    bronze: () => processBronze(eventLog, bronze, Date.now),
    silver: () => processSilver(bronze, silver, Date.now),
    gold: () => processGold(silver, gold, Date.now),
  } satisfies Record<Layer, () => Promise<LayerReport>>;
  return await passes[options.layer]();
}
