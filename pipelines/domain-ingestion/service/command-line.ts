import { parseArgs } from "node:util";
import { ConfigurationError } from "../steps/pipeline-errors.ts";
import { LOG_LEVELS, type LogLevel } from "./service-log.ts";

/** Environment variable that names the run where `--batch-id` does not. */
export const BATCH_ID = "INGESTION_BATCH_ID";
/** Environment variable that names the configuration where `--config` does not, from the folder above the service. */
export const CONFIG = "INGESTION_CONFIG";

/** What `--help` prints. */
export const USAGE = `usage: main.ts [options]

  --config FILE          sources to ingest (default: $INGESTION_CONFIG, else config/sources.yaml, beside the service)
  --kafka-servers WHERE  event log: brokers host:port,… or file:<folder> (default: $KAFKA_BOOTSTRAP_SERVERS, else kafka:9092)
  --source NAME          ingest this source alone (default: all)
  --batch-id ID          name of this run; a source published under the same id is not published again (default: $INGESTION_BATCH_ID, else random)
  --log-level LEVEL      ${LOG_LEVELS.join(", ")} (default: INFO)
  --json-logs            log as JSON lines
  --help                 print this

Logs go to stderr, the result as one line of JSON to stdout. Exit codes: 0 success or interrupt, 1 failure.
`;

/** Options of the service as given on its command line. */
export interface CommandLine {
  readonly config: string | undefined;
  readonly kafkaServers: string | undefined;
  readonly source: string | undefined;
  readonly batchId: string | undefined;
  readonly logLevel: LogLevel;
  readonly jsonLogs: boolean;
  readonly help: boolean;
}

/**
 * Reads the arguments after the program's name.
 *
 * @throws ConfigurationError naming an option that is unknown or has a wrong value.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = readArgs(args);
  const level = values["log-level"].toUpperCase();
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (logLevel === undefined)
    throw new ConfigurationError(`--log-level ${values["log-level"]} is not one of ${LOG_LEVELS.join(", ")}`);
  return {
    config: values.config,
    kafkaServers: values["kafka-servers"],
    source: values.source,
    batchId: values["batch-id"],
    logLevel,
    jsonLogs: values["json-logs"],
    help: values.help,
  };
}

function readArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: "string" },
        "kafka-servers": { type: "string" },
        source: { type: "string" },
        "batch-id": { type: "string" },
        "log-level": { type: "string", default: "INFO" },
        "json-logs": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    throw new ConfigurationError(cause instanceof Error ? cause.message : String(cause), {}, cause);
  }
}
