import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { KafkaContext, KafkaTarget } from "@millrace/provider-kafka";
import { ConfigurationError } from "../steps/pipeline-errors.ts";
import type { EventLog } from "./event-log.ts";
import { openFileEventLog } from "./file-event-log.ts";
import { openKafkaEventLog } from "./kafka-event-log.ts";
import { kafkaSettings } from "./settings.ts";

const BROKERS = /^(?:[^\s:,/]+|\[[0-9a-f:]+\]):\d+(?:,(?:[^\s:,/]+|\[[0-9a-f:]+\]):\d+)*$/i;

/** What {@link openEventLog} needs beside the address. */
export interface OpenEventLogOptions {
  readonly nowMs: () => number;
  /** Folder that relative paths start from. */
  readonly baseFolder: string;
  /** Finds connections, ends what waits, takes lines of the log. */
  readonly ctx: KafkaContext;
  /** Of one request to brokers, all its tries together. */
  readonly timeout?: `${number}s`;
}

/**
 * The event log that `servers` names: `file:<folder>` (relative to `baseFolder`, absolute, or a `file:///` address), brokers of Kafka that want no login
 * (`kafka-1:9092,kafka-2:9092`), or `connection:<id>` of a connection of the type kafka.
 *
 * @throws ConfigurationError for anything else. A cluster is not asked before the log is used.
 */
export function openEventLog<Value>(servers: string, options: OpenEventLogOptions): EventLog<Value> {
  const { nowMs, baseFolder, ctx, timeout } = options;
  if (isFileLog(servers)) return openFileEventLog<Value>({ folder: localPath(servers, baseFolder), nowMs });
  const target = kafkaTarget(servers);
  const settings = kafkaSettings(process.env);
  return openKafkaEventLog<Value>({ target, ctx, settings, nowMs, ...(timeout !== undefined && { timeout }) });
}

/** True for a folder, `file:<folder>`. */
export function isFileLog(servers: string): boolean {
  return servers.startsWith("file:") && servers.length > "file:".length;
}

/** Which cluster of Kafka `servers` names. @throws ConfigurationError when it names none */
export function kafkaTarget(servers: string): KafkaTarget {
  if (/^connection:./.test(servers)) return { connection: servers.slice("connection:".length) };
  if (BROKERS.test(servers)) return { servers };
  throw new ConfigurationError(
    `kafka servers "${servers}" are neither file:<folder>, nor brokers such as kafka-1:9092,kafka-2:9092, nor connection:<id>`,
    { servers },
  );
}

/** The path of a `file:` address or of a plain path, relative ones from `baseFolder`. */
export function localPath(address: string, baseFolder: string): string {
  if (address.startsWith("file://")) return fileURLToPath(address);
  return resolve(baseFolder, address.startsWith("file:") ? address.slice("file:".length) : address);
}
