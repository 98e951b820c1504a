import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { operator, type Context } from "@millrace/core";
import { objectAddress, urlOf } from "../object-address.ts";
import { openS3 } from "../open-s3.ts";
import { KEY_PROPERTY, S3_PROPERTIES, type S3Options } from "./s3-options.ts";

/** Options of {@link s3Download}. */
export interface S3DownloadOptions extends S3Options {
  /** A key, or `s3://bucket/key`. */
  readonly key: string;
  /** Where it goes on the worker's machine; folders are made. */
  readonly file: string;
}

/** A file that was downloaded. */
export interface DownloadedFile {
  readonly file: string;
  /** `s3://bucket/key`. */
  readonly url: string;
  readonly sizeBytes: number;
}

/**
 * Reads an object into a file of the worker's machine.
 *
 * @returns the file and its size
 * @throws MillraceError UNREACHABLE, TIMEOUT; Permanent when S3 refuses or has no such object
 * @example s3Download({ connection: "lake", key: "in/{{ ds }}.csv", file: "/data/{{ ds }}.csv" })
 */
export const s3Download = operator({
  name: "S3DownloadOperator",
  color: "#e8d5a3",
  doc: [
    "Reads an object into a file of the worker's machine. It is streamed beside its place and then renamed: who reads the file sees all of it or what was there",
    "before. When the connection is cut it goes on where it was, as long as the object is the same.",
    "",
    "**Result**: `{ file, url, sizeBytes }`. **Fails** without another try when S3 refuses or has no such object; with `UNREACHABLE` or `TIMEOUT` otherwise. A retry",
    "reads it again.",
  ].join("\n"),
  templated: ["bucket", "key", "file"],
  schema: {
    type: "object",
    required: ["key", "file"],
    additionalProperties: false,
    properties: {
      ...S3_PROPERTIES,
      key: KEY_PROPERTY,
      file: { type: "string", minLength: 1, description: "Where it goes on the worker's machine; folders are made." },
    },
  },
  run: async ({ connection, bucket, key, file }: S3DownloadOptions, ctx: Context): Promise<DownloadedFile> => {
    await using s3 = await openS3(connection, { ctx });
    const address = objectAddress(key, bucket ?? s3.bucket);
    await mkdir(dirname(file), { recursive: true });
    // Two tries never write the same one: a lost try may still be at it.
    const draft = join(dirname(file), `.${basename(file)}.${ctx.tryId.replaceAll(/[^\w-]+/g, "-")}.part`);
    try {
      await pipeline(Readable.from(s3.read(address)), createWriteStream(draft), { signal: ctx.signal });
      const { size } = await stat(draft);
      await rename(draft, file);
      ctx.log.info(`read ${urlOf(address)} into ${file}`, { sizeBytes: size });
      return { file, url: urlOf(address), sizeBytes: size };
    } finally {
      await rm(draft, { force: true });
    }
  },
});
