/** A message as it was read. */
export interface ReadMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** RFC 3339 in UTC: when it was written, as the topic's setting message.timestamp.type says. */
  readonly timestamp: string;
  /** As text; null without one. */
  readonly key: string | null;
  /** As text; null for a deletion. */
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a message is made of on the wire. */
export interface WireRead {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: bigint;
  readonly key: Buffer | null | undefined;
  readonly value: Buffer | null | undefined;
  readonly headers: Iterable<readonly [Buffer | null, Buffer | null]>;
}

/** A message with its bytes as text (UTF-8). */
export function messageOf({ topic, partition, offset, timestamp, key, value, headers }: WireRead): ReadMessage {
  return {
    topic,
    partition,
    offset: Number(offset),
    timestamp: new Date(Number(timestamp)).toISOString(),
    key: key?.toString() ?? null,
    value: value?.toString() ?? null,
    headers: Object.fromEntries([...headers].map(([name, text]) => [name?.toString() ?? "", text?.toString() ?? ""])),
  };
}
