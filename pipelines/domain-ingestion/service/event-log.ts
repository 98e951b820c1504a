/** Next offset to read, by partition number. A partition that is not named starts at its earliest event. */
export type Positions = Readonly<Record<number, number>>;

/** An event to publish. */
export interface LogEvent<Value> {
  readonly key: string;
  readonly value: Value;
}

/** An event as the log keeps it. */
export interface StoredEvent<Value> extends LogEvent<Value> {
  readonly topic: string;
  readonly partition: number;
  /** Counts up from 0 within a partition; marks of transactions leave gaps on Kafka. */
  readonly offset: number;
  /** When the log took it: milliseconds since the epoch. */
  readonly timestampMs: number;
}

/** One publication: all of its events become readable together, or none. */
export interface Publication<Value> {
  /** Names this publication for good: publishing the same id again adds nothing. Up to 512 characters. */
  readonly batchId: string;
  readonly events: AsyncIterable<LogEvent<Value>> | Iterable<LogEvent<Value>>;
}

/** What a publication did. */
export interface PublishReceipt {
  /** Events of this batch id that are in the log now. */
  readonly published: number;
  /** Events that the log refuses one by one (too large); they were left out. */
  readonly rejected: number;
  /** True when an earlier publication with this batch id had already put them there. */
  readonly alreadyPublished: boolean;
}

/** What a health check may say about a log. */
export interface LogHealth {
  /** Which kind of log was asked, for people: `file log at <folder>`, `Kafka at <servers>`. */
  readonly profile: string;
  /** Servers that answered; 1 for a folder that could be written. */
  readonly brokers: number;
}

/**
 * A keyed, durable log of events in topics with partitions: the part of Kafka that this pipeline needs.
 *
 * Every method may throw `KafkaPublishError` when the log cannot be reached, read or written, or a topic does not exist, and `Permanent` for what
 * another try cannot change. Dispose of it: a log of servers holds connections.
 */
export interface EventLog<Value> extends AsyncDisposable {
  /** Proves that the log can be reached and, of a folder, that it takes writes; adds no event. */
  checkHealth(): Promise<LogHealth>;
  topics(): Promise<readonly string[]>;
  /** Creates a topic with one partition; one that exists already is fine. */
  createTopic(topic: string): Promise<"created" | "exists">;
  /** Returns after the events are durable. A publication that throws has added nothing. */
  publish(topic: string, publication: Publication<Value>): Promise<PublishReceipt>;
  /** The first offset that is still kept, and the offset that the next event will get, by partition. */
  bounds(topic: string): Promise<Readonly<Record<number, { readonly earliest: number; readonly end: number }>>>;
  /** Events from `from` (included) to `until` (excluded; default: the present end), by partition, in the order of offsets. */
  read(topic: string, from: Positions, until?: Positions): AsyncIterable<StoredEvent<Value>>;
  /** What `consumer` saved last; empty when it never did. */
  positions(consumer: string, topic: string): Promise<Positions>;
  savePositions(consumer: string, topic: string, positions: Positions): Promise<void>;
}
