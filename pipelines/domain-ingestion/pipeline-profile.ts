import { join } from "node:path";
import { asset, template, variable } from "millrace";
import type { Layer } from "./steps/lake-schema.ts";

/** Domains that a run of the ingestion has put into the event log. */
export const publishedDomains = asset("x-domain-ingestion://event-log/domains");

/**
 * The variables of this pipeline as operator options, with defaults that need no server: an event log and tables in the
 * folder `.millrace` of the pipeline, and the fixtures as sources.
 *
 * @param pipelineFolder absolute path of the folder of the DAG file.
 */
export function pipelineProfile(pipelineFolder: string) {
  const data = (...path: readonly string[]): string => join(pipelineFolder, ".millrace", ...path);
  const layerPath = (layer: Layer) => variable(`${layer}_path`, data("lake", layer));
  return {
    kafkaServers: variable("kafka_servers", `file:${data("log")}`),
    /** `local`: the layers are processed here; else Spark is used, and gets these. */
    spark: {
      sparkMaster: variable("spark_master", "local"),
      sparkUi: variable("spark_master_ui", ""),
      sparkConf: variable("spark_conf", "{}"),
      driverMemory: variable("spark_driver_memory", "1g"),
    },
    /** Connection of tables on S3; empty: what the machine has. */
    lakeConnection: variable("lake_connection", ""),
    layerPaths: { bronzePath: layerPath("bronze"), silverPath: layerPath("silver"), goldPath: layerPath("gold") },
    /** The table in a layer's folder. */
    tablePath: (layer: Layer) =>
      template(`{{ var.value.get('${layer}_path', ${JSON.stringify(data("lake", layer))}) }}/domains`),
    /** Who hears of failures, and where the mails go; Jinja texts. */
    failureMails: {
      to: "{{ var.value.get('alert_email', 'sre@localhost') }}",
      slack: "{{ var.value.get('slack_connection', '') }}",
      outbox: `{{ var.value.get('mail_outbox', ${JSON.stringify(`file:${data("mail")}`)}) }}`,
    },
    /** Sources of a run: its param `config`, else the variable `ingestion_config`, else the fixtures. */
    configPath: template("{{ params.config or var.value.get('ingestion_config', 'config/sources.fixtures.yaml') }}"),
  };
}
