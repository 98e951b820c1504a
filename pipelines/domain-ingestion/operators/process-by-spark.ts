import { join } from "node:path";
import { type Context, MillraceError, Permanent, Secret } from "millrace";
import { javaSettings } from "@millrace/provider-kafka";
import { sparkSubmit } from "@millrace/provider-spark";
import { isFileLog, kafkaTarget } from "../service/open-event-log.ts";
import { type LayerPaths, layerTable } from "../service/open-lake.ts";
import type { LayerReport } from "../service/process-layers.ts";
import type { Layer } from "../steps/lake-schema.ts";
import { openWithoutRetry } from "./open-without-retry.ts";

/** How Spark is run. */
export interface SparkOptions {
  /** As `--master` takes it: `spark://host:7077`, `local[*]`, `yarn`. */
  readonly sparkMaster: string;
  /** Address of the pages of a standalone master. Empty: port 8080 of the master. */
  readonly sparkUi?: string;
  /** JSON object of properties of Spark, as a text. Default `{}`. */
  readonly sparkConf?: string;
  /** Default `1g`. */
  readonly driverMemory?: string;
}

/** One layer and what it is made of. */
export interface SparkPass extends SparkOptions, LayerPaths {
  readonly pipelineFolder: string;
  readonly layer: Layer;
  readonly kafkaServers: string;
}

// The tables are small beside what Spark's defaults are made for: 200 and 50 tasks would take longer to start than to run.
const CONF = { "spark.sql.shuffle.partitions": 8, "spark.databricks.delta.snapshotPartitions": 2 };
const SOURCE = { silver: "bronze", gold: "silver" } as const;

/** True for a master of Spark; `local` alone is the processing that the pipeline has of its own. */
export function isSpark(sparkMaster: string): boolean {
  return sparkMaster !== "local";
}

/** Has Spark carry through a layer all that waits for it, and ends. What it did and how far it came are one commit: a retry goes on from there. */
export async function processBySpark(pass: SparkPass, ctx: Context): Promise<LayerReport> {
  const { layer, sparkMaster, sparkUi = "", driverMemory = "1g", pipelineFolder } = pass;
  const table = (which: Layer): string => layerTable(pass, which, process.cwd());
  const { servers, secrets } = await brokersOf(pass.kafkaServers, ctx);
  const source = layer === "bronze" ? [] : ["--source-path", table(SOURCE[layer])];
  const submitted = await sparkSubmit.spec.run(
    {
      master: sparkMaster,
      ...(sparkUi === "" ? {} : { ui: sparkUi }),
      application: join(pipelineFolder, "streaming", "main.py"),
      args: [
        ...["--stream-type", layer, "--trigger-interval", "available-now", "--starting-offsets", "earliest"],
        ...["--bootstrap-servers", servers, "--delta-path", table(layer), ...source],
        ...["--checkpoint-path", `${table(layer)}_checkpoint`],
      ],
      name: `domain-ingestion-${layer}`,
      conf: { ...CONF, ...confOf(pass) },
      driverMemory,
      // Compiled modules would lie among the files of the pipeline.
      env: {
        PYTHONDONTWRITEBYTECODE: "1",
        ...(secrets === undefined ? {} : { KAFKA_CLIENT_OPTIONS: new Secret(secrets) }),
      },
      // A driver that outlived a lost worker would write to the same checkpoint.
      ifActive: "kill",
      result: "json",
    },
    ctx,
  );
  return { layer, ...reportOf(submitted) };
}

function reportOf({ output }: { readonly output?: unknown }): Pick<LayerReport, "outcome" | "rows" | "version"> {
  const { outcome, rows, version } = (output ?? {}) as Readonly<Record<string, unknown>>;
  if ((outcome === "committed" || outcome === "unchanged") && typeof rows === "number" && typeof version === "number")
    return { outcome, rows, version };
  throw new Error(`the job ended without a report: ${JSON.stringify(output)}`);
}

function confOf({ sparkConf = "{}" }: SparkOptions): Readonly<Record<string, string | number | boolean>> {
  try {
    return JSON.parse(sparkConf) as Readonly<Record<string, string>>;
  } catch (cause) {
    throw new Permanent(`the variable spark_conf is no JSON object: ${sparkConf}`, { cause });
  }
}

/** The brokers, and what belongs to nobody's eyes: how to log in there, as JSON of settings of Java's client. */
async function brokersOf(
  kafkaServers: string,
  ctx: Context,
): Promise<{ readonly servers: string; readonly secrets?: string }> {
  if (isFileLog(kafkaServers))
    throw new Permanent(`Spark reads Kafka, not "${kafkaServers}": set kafka_servers, or spark_master to "local"`);
  const target = openWithoutRetry(() => kafkaTarget(kafkaServers));
  if ("servers" in target) return target;
  const { servers, settings } = await javaSettings(target, ctx).catch((error: unknown) => {
    // Another try would find the same connection.
    if (error instanceof MillraceError && error.code === "BAD_ARGUMENT")
      throw new Permanent(error.message, { cause: error });
    throw error;
  });
  return { servers, secrets: JSON.stringify(settings) };
}
