import { operator } from "millrace";
import { openEventLog } from "../service/open-event-log.ts";
import { type LayerPaths, openLake } from "../service/open-lake.ts";
import { type LayerReport, processBronze, processGold, processSilver } from "../service/process-layers.ts";
import type { DomainRecord } from "../steps/domain-record.ts";
import type { Layer } from "../steps/lake-schema.ts";
import { openWithoutRetry } from "./open-without-retry.ts";

/** Options of {@link processLayer}. */
export interface ProcessLayerOptions extends LayerPaths {
  readonly layer: Layer;
  readonly kafkaServers: string;
}

/** Brings one layer up to date with its input. A retry goes on from the layer's own progress; nothing counts twice. */
export const processLayer = operator({
  name: "ProcessLayerOperator",
  color: "#D8BFD8",
  templated: ["kafkaServers", "bronzePath", "silverPath", "goldPath"],
  doc: "Appends or merges what the layer's input has gained since its last commit. Rows and progress are one commit, so a retry is harmless.",
  run: async ({ layer, kafkaServers, ...layerPaths }: ProcessLayerOptions, { log }): Promise<LayerReport> => {
    const eventLog = openWithoutRetry(() =>
      openEventLog<DomainRecord>(kafkaServers, { nowMs: Date.now, baseFolder: process.cwd() }),
    );
    const { bronze, silver, gold } = openWithoutRetry(() => openLake(layerPaths, process.cwd(), Date.now));
    const passes = {
      bronze: () => processBronze(eventLog, bronze, Date.now),
      silver: () => processSilver(bronze, silver, Date.now),
      gold: () => processGold(silver, gold, Date.now),
    } satisfies Record<Layer, () => Promise<LayerReport>>;
    const report = await passes[layer]();
    if (report.outcome === "superseded")
      throw new Error(`another pass over ${layer} was at work at the same time; nothing was written, try again`);
    log.info("layer processed", report);
    return report;
  },
});
