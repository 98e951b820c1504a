import { TOPICS, TOPIC_OF_CATEGORY, type DomainRecord } from "../steps/domain-record.ts";
import { FetchError, ParseError, PipelineError } from "../steps/pipeline-errors.ts";
import { readRecords } from "../steps/read-records.ts";
import type { Source } from "../steps/source-config.ts";
import { type RunResult, type SourceOutcome, type SourceTally, emptyTally, runResult } from "../steps/source-tally.ts";
import type { EventLog, LogEvent } from "./event-log.ts";
import { type FetchOptions, type FetchedSource, fetchSource } from "./fetch-source.ts";
import { readLines } from "./line-file.ts";

const MAX_CONCURRENT_FETCHES = 10;
const MAX_LINE_CHARS = 16 * 1024;

/** What one run of the ingestion works with. */
export interface IngestionRun {
  readonly sources: readonly Source[];
  readonly eventLog: EventLog<DomainRecord>;
  readonly fetchOptions: FetchOptions;
  /** Names the run for good: with the same id, a source that was published is not published again. */
  readonly batchId: string;
  readonly nowMs: () => number;
  /** Sources at the same time. Default 10. */
  readonly concurrency?: number;
}

/**
 * Fetches, parses, validates and publishes all sources, several at a time; each source becomes one publication.
 *
 * A source that fails is logged and counted and does not disturb the others.
 *
 * @throws KafkaPublishError when the log cannot be written at all; the reason of the signal when it is aborted.
 */
export async function runIngestion(run: IngestionRun): Promise<RunResult> {
  const { sources, eventLog, concurrency = MAX_CONCURRENT_FETCHES } = run;
  for (const topic of TOPICS) await eventLog.createTopic(topic);
  const outcomes: SourceOutcome[] = new Array<SourceOutcome>(sources.length);
  let next = 0;
  const takeSources = async (): Promise<void> => {
    for (let index = next++; index < sources.length; index = next++) {
      outcomes[index] = await ingestSource(run, sources[index]);
    }
  };
  // Not `Promise.all`: after a failure the others would go on behind the caller's back, in files that it removes.
  const ends = await Promise.allSettled(Array.from({ length: Math.min(concurrency, sources.length) }, takeSources));
  const failure = ends.find((end) => end.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return runResult(run.batchId, outcomes);
}

async function ingestSource(run: IngestionRun, source: Source): Promise<SourceOutcome> {
  const { log, signal } = run.fetchOptions;
  const { name, category } = source;
  let fetched: FetchedSource | undefined;
  try {
    fetched = await fetchSource(source, run.fetchOptions);
    const outcome = await publishSource(run, source, fetched);
    log("INFO", "source ingested", {
      source: name,
      ...outcome.tally,
      published: outcome.published,
      already_published: outcome.alreadyPublished,
    });
    if (outcome.tally.truncated)
      log("WARNING", "source has more domains than the limit; the rest was left out", { source: name });
    if (outcome.rejected > 0)
      log("ERROR", "records were too large for the log and left out", { source: name, rejected: outcome.rejected });
    return outcome;
  } catch (error) {
    signal.throwIfAborted();
    // Only what is known to be about this source is counted; anything else is the log's failure or a bug, and ends the run.
    if (!(error instanceof PipelineError) || error.name === "KafkaPublishError") throw error;
    log("ERROR", "source failed", { source: name, error: error.name, message: error.message, ...error.context });
    return { kind: "failed", source: name, category, error: error.name, message: error.message };
  } finally {
    await fetched?.release();
  }
}

async function publishSource(
  run: IngestionRun,
  source: Source,
  fetched: FetchedSource,
): Promise<Extract<SourceOutcome, { kind: "done" }>> {
  const tally = emptyTally();
  const { published, rejected, alreadyPublished } = await run.eventLog.publish(TOPIC_OF_CATEGORY[source.category], {
    batchId: `${run.batchId}/${source.name}`,
    events: eventsOf(run, source, fetched, tally),
  });
  // What was published before is not read again: the log tells how much it was.
  if (alreadyPublished) Object.assign(tally, { fetched: published + rejected, valid: published + rejected });
  return { kind: "done", source: source.name, category: source.category, tally, published, rejected, alreadyPublished };
}

async function* eventsOf(
  run: IngestionRun,
  source: Source,
  fetched: FetchedSource,
  tally: SourceTally,
): AsyncGenerator<LogEvent<DomainRecord>> {
  const ingestionTimestamp = new Date(run.nowMs()).toISOString();
  for await (const record of readRecords(
    { source, lines: linesOf(run, source, fetched), metadata: fetched.metadata, ingestionTimestamp },
    tally,
  )) {
    yield { key: record.domain, value: record };
  }
}

async function* linesOf(run: IngestionRun, source: Source, fetched: FetchedSource): AsyncGenerator<string | null> {
  const { signal } = run.fetchOptions;
  let hasContent = false;
  try {
    for await (const line of readLines(fetched.path, { maxChars: MAX_LINE_CHARS, signal })) {
      hasContent ||= line === null || line.trim() !== "";
      yield line;
    }
  } catch (cause) {
    // Named here: inside the log's publication it would pass for a failure of the log.
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const context = { source: source.name, path: fetched.path };
    throw new FetchError(`source ${source.name}: ${fetched.path} cannot be read: ${reason}`, context, cause);
  }
  if (!hasContent)
    throw new ParseError(`source ${source.name}: the content is empty`, { source: source.name, ...fetched.metadata });
}
