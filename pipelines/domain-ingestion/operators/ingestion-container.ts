import { mkdir } from "node:fs/promises";
import type { Context } from "millrace";
import { BATCH_ID, CONFIG } from "../service/command-line.ts";
import { isFileLog, kafkaTarget, localPath } from "../service/open-event-log.ts";
import { KAFKA_CONNECTION, connectionText } from "../service/service-context.ts";
import type { IngestionOptions } from "./ingestion-options.ts";
import { openWithoutRetry } from "./open-without-retry.ts";

const IMAGE = "thread-protection-ingestion:latest";
const NETWORK = "pipeline-network";
/** Settings of the service, which a subprocess has from its worker. */
const SETTINGS = [
  ...["HTTP_TIMEOUT", "HTTP_RETRIES", "HTTP_BACKOFF"],
  ...["KAFKA_BATCH_SIZE", "KAFKA_LINGER_MS", "KAFKA_MAX_RETRIES"],
];

/** A container of the ingestion service. It is told what to do by its environment: an image of somebody else may know none of the service's options. */
export interface IngestionContainer {
  readonly image: string;
  readonly network: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Folders that it has at the same paths as this machine. */
  readonly mounts: readonly string[];
}

/** The container that does what the options say. A folder that stands in for Kafka is made if it is not there, and mounted. */
export async function containerOf(options: IngestionOptions, ctx: Context): Promise<IngestionContainer> {
  const { kafkaServers, configPath, dockerImage = IMAGE, dockerNetwork = NETWORK } = options;
  const log = isFileLog(kafkaServers) ? localPath(kafkaServers, process.cwd()) : undefined;
  if (log !== undefined) await mkdir(log, { recursive: true });
  const settings = SETTINGS.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    image: dockerImage,
    network: dockerNetwork,
    env: {
      KAFKA_BOOTSTRAP_SERVERS: log === undefined ? kafkaServers : `file:${log}`,
      [BATCH_ID]: batchIdOf(ctx),
      [CONFIG]: configPath,
      ...(Object.fromEntries(settings) as Record<string, string>),
    },
    secrets: await secretsOf(kafkaServers, ctx),
    mounts: log === undefined ? [] : [log],
  };
}

/** Names what a task instance publishes: a retried or cleared try publishes only what is missing. */
export function batchIdOf({ dagId, runId, taskId, mapIndex }: Context): string {
  return [dagId, runId, taskId, ...(mapIndex >= 0 ? [mapIndex] : [])].join("/");
}

/** The service has no connections of its own; it is given the one that it is to use, beside its arguments, which anybody can see. */
export async function secretsOf(kafkaServers: string, ctx: Context): Promise<Readonly<Record<string, string>>> {
  if (isFileLog(kafkaServers)) return {};
  const target = openWithoutRetry(() => kafkaTarget(kafkaServers));
  if (!("connection" in target) || typeof target.connection !== "string") return {};
  return { [KAFKA_CONNECTION]: connectionText(await ctx.connection(target.connection)) };
}
