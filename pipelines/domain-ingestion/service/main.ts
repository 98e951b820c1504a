import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Permanent } from "millrace";
import type { DomainRecord } from "../steps/domain-record.ts";
import { ConfigurationError, PipelineError } from "../steps/pipeline-errors.ts";
import { type SourcesConfig, parseSourcesConfig, selectSources } from "../steps/source-config.ts";
import type { RunResult } from "../steps/source-tally.ts";
import { BATCH_ID, CONFIG, type CommandLine, USAGE, parseCommandLine } from "./command-line.ts";
import { openEventLog } from "./open-event-log.ts";
import { runIngestion } from "./run-ingestion.ts";
import { serviceContext } from "./service-context.ts";
import { type ServiceLog, openServiceLog } from "./service-log.ts";
import { httpSettings } from "./settings.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<0 | 1> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort(signal));
  let log = openLog({ logLevel: "INFO", jsonLogs: args.includes("--json-logs") });
  try {
    const commandLine = parseCommandLine(args);
    if (commandLine.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    log = openLog(commandLine);
    printResult(await ingest(commandLine, log, interrupt.signal));
    return 0;
  } catch (error) {
    if (interrupt.signal.aborted) {
      log("WARNING", "interrupted", { signal: interrupt.signal.reason as string });
      printResult({ status: "interrupted" });
      return 0;
    }
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    log("ERROR", "ingestion failed", {
      error: name,
      message,
      ...(error instanceof PipelineError ? error.context : { stack: (error as Error).stack }),
    });
    const permanent = error instanceof Permanent || error instanceof ConfigurationError;
    printResult({ status: "failed", error: name, message, permanent });
    return 1;
  }
}

async function ingest(commandLine: CommandLine, log: ServiceLog, signal: AbortSignal): Promise<RunResult> {
  // An empty variable counts as absent, as shells make it easy to set one.
  const besideService = resolve(import.meta.dirname, "..", process.env[CONFIG] || join("config", "sources.yaml"));
  const configFile = commandLine.config === undefined ? besideService : resolve(commandLine.config);
  const config = await loadConfig(configFile);
  for (const section of config.unreadSections) log("WARNING", "section of the configuration is not read", { section });
  const servers = commandLine.kafkaServers ?? (process.env["KAFKA_BOOTSTRAP_SERVERS"] || "kafka:9092");
  const ctx = serviceContext(log, signal, process.env);
  await using eventLog = openEventLog<DomainRecord>(servers, { nowMs: Date.now, baseFolder: process.cwd(), ctx });
  const batchId = commandLine.batchId ?? (process.env[BATCH_ID] || randomUUID());
  log("INFO", "ingestion started", { batch_id: batchId, config: configFile, kafka_servers: servers });
  const sources = selectSources(config, commandLine.source);
  const http = httpSettings(process.env);
  // A folder with a name that all runs share would belong to the first user of the machine.
  const downloadFolder = await mkdtemp(join(tmpdir(), "millrace-domain-ingestion-"));
  try {
    const fetchOptions = { configFolder: dirname(configFile), downloadFolder, http, log, signal };
    const result = await runIngestion({ sources, eventLog, fetchOptions, batchId, nowMs: Date.now });
    log("INFO", "ingestion finished", { ...result.statistics });
    return result;
  } finally {
    await rm(downloadFolder, { recursive: true, force: true });
  }
}

async function loadConfig(file: string): Promise<SourcesConfig> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ConfigurationError(`the configuration ${file} cannot be read; name one with --config`, { file }, cause);
  });
  return parseSourcesConfig(text, file);
}

function openLog(options: Pick<CommandLine, "logLevel" | "jsonLogs">): ServiceLog {
  return openServiceLog({
    level: options.logLevel,
    json: options.jsonLogs,
    write: (line) => process.stderr.write(line),
    nowMs: Date.now,
  });
}

function printResult(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
