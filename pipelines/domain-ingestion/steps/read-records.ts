import { randomInt } from "node:crypto";
import { cleanDomain } from "./domain-name.ts";
import type { DomainRecord, FetchMetadata } from "./domain-record.ts";
import { seenNames } from "./seen-names.ts";
import { lineParser } from "./parse-line.ts";
import type { Source } from "./source-config.ts";
import type { SourceTally } from "./source-tally.ts";

const MAX_DOMAINS_PER_SOURCE = 1_000_000;

/** The lines of one source and what is known about them. */
export interface SourceLines {
  readonly source: Source;
  /** `null` stands for a line over the length limit: it is counted as invalid. */
  readonly lines: AsyncIterable<string | null> | Iterable<string | null>;
  readonly metadata: FetchMetadata;
  /** ISO instant, UTC, given to every record. */
  readonly ingestionTimestamp: string;
  /** Distinct domains after which the reading stops. Default 1 000 000. */
  readonly maxDomains?: number;
  /** Of the hashes by which domains are known again. Default random. */
  readonly seed?: number;
}

/**
 * The distinct, clean, valid domains of a source, in the order of its lines; counts into `tally` as it goes.
 *
 * Lines are read one at a time. What is known of the domains seen is the one thing that grows, to 32 MB with a million of them; it is given up when the
 * source ends.
 */
export async function* readRecords(input: SourceLines, tally: SourceTally): AsyncGenerator<DomainRecord> {
  const {
    source,
    metadata,
    ingestionTimestamp,
    maxDomains = MAX_DOMAINS_PER_SOURCE,
    seed = randomInt(2 ** 31),
  } = input;
  const parseLine = lineParser(source.format);
  const seen = seenNames(seed);
  for await (const line of input.lines) {
    tally.lines += 1;
    const domain = line === null ? "invalid" : domainOf(parseLine(line), tally);
    if (domain === "ignored") continue;
    if (domain === "invalid") tally.invalid += 1;
    else if (seen.has(domain)) tally.duplicates += 1;
    else if (seen.size() >= maxDomains) {
      tally.truncated = true;
      return;
    } else {
      seen.add(domain);
      tally.valid += 1;
      yield {
        domain,
        category: source.category,
        source: source.name,
        source_format: source.format,
        raw_entry: (line ?? "").trim(),
        ingestion_timestamp: ingestionTimestamp,
        metadata: { line_number: tally.lines, ...metadata },
      };
    }
  }
}

// A clean domain always has a dot, so the two words cannot be mistaken for one.
function domainOf(outcome: ReturnType<ReturnType<typeof lineParser>>, tally: SourceTally): string {
  if (outcome.kind !== "entry") return outcome.kind;
  tally.fetched += 1;
  return cleanDomain(outcome.domain) ?? "invalid";
}
