import type { Readable } from "node:stream";
import type { ObjectAddress } from "./object-address.ts";

/** An object as lists have it. */
export interface S3Object {
  readonly key: string;
  readonly sizeBytes: number;
  /** RFC 3339. */
  readonly modifiedAt: string;
  /** Of the server, in its quotes; `""` when it gives none. */
  readonly etag: string;
}

/** An object as it was written. */
export interface WrittenObject extends ObjectAddress {
  /** `s3://bucket/key`. */
  readonly url: string;
  readonly sizeBytes: number;
  readonly etag: string;
  /** Of buckets with versions. */
  readonly versionId?: string;
}

/** What is said of an object beside its content. */
export interface WriteOptions {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The server computes it again and refuses what differs. Default: CRC32 at Amazon, none elsewhere, since not every store knows them. */
  readonly checksum?: "crc32" | "sha256";
}

/** What {@link S3.presign} signs. */
export interface PresignOptions {
  readonly method: "get" | "put";
  /** 1 to 604 800. */
  readonly expiresSeconds: number;
  readonly contentType?: string;
}

/**
 * A client of an S3 server with a lifetime. All that fails on the way is repeated by itself (4 requests, with growing waits); what fails then is a `Permanent`, a
 * `RetryAfter`, or a MillraceError TIMEOUT or UNREACHABLE.
 */
export interface S3 extends AsyncDisposable {
  /** The bucket of the connection. */
  readonly bucket?: string;
  /** The names of the buckets that the access key may see. */
  listBuckets(): Promise<readonly string[]>;
  /** @throws Permanent when there is no such bucket, or it is refused */
  checkBucket(bucket: string): Promise<void>;
  /** Objects by their key, from a prefix on, a page at a time. @throws Permanent without the bucket */
  list(bucket: string, prefix: string): AsyncIterable<S3Object>;
  /** @returns undefined when there is no such object. @throws Permanent without the bucket */
  find(address: ObjectAddress): Promise<S3Object | undefined>;
  /** Writes an object, in parts when it is large; it is there as a whole or not at all. Holds two parts of 8 MiB. */
  write(address: ObjectAddress, body: Readable | string | Uint8Array, options?: WriteOptions): Promise<WrittenObject>;
  /** The bytes of an object in order; goes on where it was when the connection is cut. @throws Permanent without the object */
  read(address: ObjectAddress): AsyncIterable<Uint8Array>;
  /** On the server, up to 5 GiB. @throws Permanent without the source */
  copy(from: ObjectAddress, to: ObjectAddress): Promise<WrittenObject>;
  /** Deletes objects, a thousand a request; one that is not there counts as deleted. */
  delete(bucket: string, keys: readonly string[]): Promise<void>;
  /** An address that is good for a while, for whoever has it. */
  presign(address: ObjectAddress, options: PresignOptions): Promise<string>;
}
