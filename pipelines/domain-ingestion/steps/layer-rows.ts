import { createHash } from "node:crypto";
import { cleanDomain } from "./domain-name.ts";
import type { DomainRecord } from "./domain-record.ts";
import { ValidationError } from "./pipeline-errors.ts";

const ACTIVE_MS = 7 * 24 * 3_600_000;

/** A bronze row: an event as it arrived. Timestamps are ISO instants in UTC, `ingestion_date` is a UTC date. */
export interface BronzeRow {
  readonly domain: string;
  readonly category: string;
  readonly source: string;
  readonly source_format: string;
  readonly raw_entry: string;
  readonly ingestion_timestamp: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly kafka_topic: string;
  readonly kafka_partition: number;
  readonly kafka_offset: number;
  readonly kafka_timestamp: string;
  readonly bronze_timestamp: string;
  readonly ingestion_date: string;
}

/** A silver row: the domain cleaned and judged. */
export interface SilverRow {
  /** Clean when `is_valid` is "true", else as it arrived. */
  readonly domain: string;
  readonly category: string;
  readonly source: string;
  readonly source_format: string;
  readonly raw_entry: string;
  readonly ingestion_timestamp: string;
  readonly bronze_timestamp: string;
  readonly silver_timestamp: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly is_valid: "true" | "false";
  readonly validation_errors: "Invalid domain format" | null;
  readonly ingestion_date: string;
  readonly bronze_offset: number;
}

/** A gold row: everything known about one domain. */
export interface GoldRow {
  readonly domain: string;
  readonly category: string;
  /** JSON array of source names, distinct and sorted. */
  readonly source_list: string;
  readonly source_count: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly last_updated: string;
  /** "true" when the domain was seen within the 7 days before `last_updated`. */
  readonly is_active: "true" | "false";
  readonly metadata: Readonly<Record<string, string>> | null;
  /** SHA-256 of the domain, hexadecimal. */
  readonly domain_hash: string;
}

/** An event of the log as the bronze layer needs it. */
export interface ArrivedEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly value: DomainRecord;
}

/**
 * An event → its bronze row.
 *
 * @throws ValidationError naming topic, partition and offset when the event is no domain record. Nothing is dropped silently.
 */
export function toBronzeRow({ topic, partition, offset, timestampMs, value }: ArrivedEvent, nowMs: number): BronzeRow {
  if (!isDomainRecord(value)) {
    const at = { topic, partition, offset };
    throw new ValidationError(`event ${offset} of ${topic}/${partition} is no domain record`, at);
  }
  const { domain, category, source, source_format, raw_entry, ingestion_timestamp, metadata } = value;
  return {
    domain,
    category,
    source,
    source_format,
    raw_entry,
    ingestion_timestamp,
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, entry]) => [name, String(entry)])),
    kafka_topic: topic,
    kafka_partition: partition,
    kafka_offset: offset,
    kafka_timestamp: isoOf(timestampMs),
    bronze_timestamp: isoOf(nowMs),
    ingestion_date: ingestion_timestamp.slice(0, 10),
  };
}

/** A bronze row → its silver row, cleaned and judged; one that is not valid is kept and marked. */
export function toSilverRow(row: BronzeRow, nowMs: number): SilverRow {
  const {
    category,
    source,
    source_format,
    raw_entry,
    ingestion_timestamp,
    bronze_timestamp,
    metadata,
    ingestion_date,
  } = row;
  const clean = cleanDomain(row.domain);
  return {
    domain: clean ?? row.domain,
    category,
    source,
    source_format,
    raw_entry,
    ingestion_timestamp,
    bronze_timestamp,
    silver_timestamp: isoOf(nowMs),
    metadata,
    is_valid: clean === null ? "false" : "true",
    validation_errors: clean === null ? "Invalid domain format" : null,
    ingestion_date,
    bronze_offset: row.kafka_offset,
  };
}

/** What is known about a domain after one more sighting. Sightings may come in any order and more than once. */
export function mergeIntoGold(known: GoldRow | undefined, seen: SilverRow, nowMs: number): GoldRow {
  const at = seen.ingestion_timestamp;
  const sources = new Set(known === undefined ? [] : (JSON.parse(known.source_list) as readonly string[])).add(
    seen.source,
  );
  const isNewest = known === undefined || at >= known.last_seen;
  const lastSeen = isNewest ? at : known.last_seen;
  return refreshGold(
    {
      domain: seen.domain,
      category: known?.category === "malware" ? "malware" : seen.category,
      source_list: JSON.stringify([...sources].toSorted()),
      source_count: sources.size,
      first_seen: known === undefined || at < known.first_seen ? at : known.first_seen,
      last_seen: lastSeen,
      last_updated: isoOf(nowMs),
      is_active: "true",
      metadata: isNewest ? seen.metadata : known.metadata,
      domain_hash: known?.domain_hash ?? createHash("sha256").update(seen.domain).digest("hex"),
    },
    nowMs,
  );
}

/** The same row with `is_active` as of now. */
export function refreshGold(row: GoldRow, nowMs: number): GoldRow {
  const isActive = Date.parse(row.last_seen) >= nowMs - ACTIVE_MS ? "true" : "false";
  return isActive === row.is_active ? row : { ...row, is_active: isActive, last_updated: isoOf(nowMs) };
}

function isDomainRecord(value: unknown): value is DomainRecord {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Readonly<Record<string, unknown>>;
  const texts = ["domain", "category", "source", "source_format", "raw_entry", "ingestion_timestamp"];
  return (
    texts.every((name) => typeof record[name] === "string") &&
    typeof record["metadata"] === "object" &&
    record["metadata"] !== null
  );
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
