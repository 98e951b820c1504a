/** What a domain is accused of. */
export type Category = "malware" | "ads_trackers";

/** How a source writes its list. */
export type SourceFormat = "hosts" | "adblock";

/** The topic that carries each category. */
export const TOPIC_OF_CATEGORY = {
  malware: "malware_domains",
  ads_trackers: "ads_trackers_domains",
} as const satisfies Record<Category, string>;

/** Both topics of the pipeline, in the order in which health checks name them. */
export const TOPICS = [TOPIC_OF_CATEGORY.malware, TOPIC_OF_CATEGORY.ads_trackers] as const;

/** Where the text of a source came from. Fields of HTTP are absent for a file on disk. */
export interface FetchMetadata {
  readonly source_url: string;
  readonly http_status?: number;
  /** Bytes of the content. */
  readonly content_length: number;
  readonly content_type?: string;
}

/** One domain as it is published: the value of an event whose key is `domain`. */
export interface DomainRecord {
  readonly domain: string;
  readonly category: Category;
  readonly source: string;
  readonly source_format: SourceFormat;
  /** The line of the source, trimmed. */
  readonly raw_entry: string;
  /** ISO instant, UTC. */
  readonly ingestion_timestamp: string;
  readonly metadata: FetchMetadata & { readonly line_number: number };
}
