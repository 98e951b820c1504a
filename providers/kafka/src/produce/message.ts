import { Permanent } from "@millrace/core";

/** A message to write. */
export interface KafkaMessage {
  /** Default the topic of the call. */
  readonly topic?: string;
  /** Messages with the same key keep their order, in one partition. Without one, they are spread. */
  readonly key?: string | Uint8Array | null;
  /** A text or bytes as they are, null (which deletes the key on a compacted topic), anything else as JSON. */
  readonly value: unknown;
  readonly headers?: Readonly<Record<string, string | Uint8Array>>;
  /** Instead of the one by key. */
  readonly partition?: number;
  /** RFC 3339. Default the time of sending. */
  readonly timestamp?: string;
}

/** A message as the client takes it. */
export interface WireMessage {
  readonly topic: string;
  readonly partition: number;
  readonly key?: Buffer;
  readonly value?: Buffer;
  readonly headers?: Map<Buffer, Buffer>;
  readonly timestamp?: bigint;
}

/** Bytes of a batch's framing for each message, at most. */
const FRAMING_BYTES = 64;

/** The bytes of a message's key, undefined without one. */
export function keyBytes({ key }: KafkaMessage): Buffer | undefined {
  return key === undefined || key === null ? undefined : bytesOf(key);
}

/** @param at where it goes. @throws Permanent for a value or time that cannot be written */
export function toWire(
  message: KafkaMessage,
  at: { readonly topic: string; readonly partition: number; readonly key: Buffer | undefined },
): WireMessage {
  const { value, headers, timestamp } = message;
  return {
    topic: at.topic,
    partition: at.partition,
    ...(at.key && { key: at.key }),
    ...(value !== null && { value: valueBytes(value) }),
    ...(headers && {
      headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), bytesOf(text)])),
    }),
    ...(timestamp !== undefined && { timestamp: millisOf(timestamp) }),
  };
}

/** About how many bytes a message adds to a batch before it is compressed. */
export function sizeOf({ key, value, headers }: WireMessage): number {
  let bytes = FRAMING_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  if (headers) for (const [name, text] of headers) bytes += name.length + text.length + 2;
  return bytes;
}

function valueBytes(value: unknown): Buffer {
  if (typeof value === "string" || value instanceof Uint8Array) return bytesOf(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw Object.assign(new Permanent(`its value is no JSON: ${(error as Error).message}`), { cause: error });
  }
  if (text === undefined) throw new Permanent("it has no value: null is one, undefined is not");
  return Buffer.from(text);
}

function bytesOf(text: string | Uint8Array): Buffer {
  return typeof text === "string" ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}

function millisOf(timestamp: string): bigint {
  const millis = Date.parse(timestamp);
  if (Number.isNaN(millis)) throw new Permanent(`its timestamp "${timestamp}" is no RFC 3339`);
  return BigInt(millis);
}
