import type { BronzeRow, GoldRow, SilverRow } from "./layer-rows.ts";

/** The layers in the order in which data passes them. */
export const LAYERS = ["bronze", "silver", "gold"] as const;

/** One of {@link LAYERS}. */
export type Layer = (typeof LAYERS)[number];

/** A column's type in the words of the Delta protocol. */
export type ColumnType = "string" | "long" | "timestamp" | "date" | "map<string,string>";

/** What a table holds. */
export interface LakeSchema<Row> {
  readonly name: string;
  readonly columns: { readonly [Column in keyof Row]: ColumnType };
  /** Column whose values are folders. */
  readonly partitionBy?: keyof Row & string;
}

const SHARED = {
  domain: "string",
  category: "string",
  source: "string",
  source_format: "string",
  raw_entry: "string",
  ingestion_timestamp: "timestamp",
  metadata: "map<string,string>",
  bronze_timestamp: "timestamp",
  ingestion_date: "date",
} as const;

/** Every event, appended, by date of ingestion. */
export const BRONZE = {
  name: "bronze.domains",
  columns: {
    ...SHARED,
    kafka_topic: "string",
    kafka_partition: "long",
    kafka_offset: "long",
    kafka_timestamp: "timestamp",
  },
  partitionBy: "ingestion_date",
} as const satisfies LakeSchema<BronzeRow>;

/** Every event cleaned and judged, appended, by date of ingestion. */
export const SILVER = {
  name: "silver.domains",
  columns: {
    ...SHARED,
    silver_timestamp: "timestamp",
    is_valid: "string",
    validation_errors: "string",
    bronze_offset: "long",
  },
  partitionBy: "ingestion_date",
} as const satisfies LakeSchema<SilverRow>;

/** One row per valid domain. */
export const GOLD = {
  name: "gold.domains",
  columns: {
    domain: "string",
    category: "string",
    source_list: "string",
    source_count: "long",
    first_seen: "timestamp",
    last_seen: "timestamp",
    last_updated: "timestamp",
    is_active: "string",
    metadata: "map<string,string>",
    domain_hash: "string",
  },
} as const satisfies LakeSchema<GoldRow>;
