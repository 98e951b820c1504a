import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "../steps/pipeline-errors.ts";
import type { EventLog } from "./event-log.ts";
import { openFileEventLog } from "./file-event-log.ts";

/** What {@link openEventLog} needs beside the address. */
export interface OpenEventLogOptions {
  readonly nowMs: () => number;
  /** Folder that relative paths start from. */
  readonly baseFolder: string;
}

/**
 * The event log that `servers` names: `file:<folder>` (relative to `baseFolder`, absolute, or a `file:///` address).
 *
 * @throws ConfigurationError for broker addresses: the local profile has no Kafka client.
 */
export function openEventLog<Value>(servers: string, { nowMs, baseFolder }: OpenEventLogOptions): EventLog<Value> {
  if (servers.startsWith("file:") && servers.length > "file:".length) {
    return openFileEventLog<Value>({ folder: localPath(servers, baseFolder), nowMs });
  }
  throw new ConfigurationError(
    `kafka servers "${servers}" name brokers, and this profile writes to a folder without a Kafka client; give file:<folder>`,
    { servers },
  );
}

/** The path of a `file:` address or of a plain path, relative ones from `baseFolder`. */
export function localPath(address: string, baseFolder: string): string {
  if (address.startsWith("file://")) return fileURLToPath(address);
  return resolve(baseFolder, address.startsWith("file:") ? address.slice("file:".length) : address);
}
