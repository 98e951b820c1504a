import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { MillraceError, operator, type Context } from "@millrace/core";
import { objectAddress } from "../object-address.ts";
import { openS3 } from "../open-s3.ts";
import type { WriteOptions, WrittenObject } from "../s3.ts";
import { KEY_PROPERTY, S3_PROPERTIES, type S3Options } from "./s3-options.ts";

/** Options of {@link s3Upload}: one of `file`, `text` and `json` is the content. */
export interface S3UploadOptions extends S3Options, WriteOptions {
  /** A key, or `s3://bucket/key`. */
  readonly key: string;
  /** A file of the worker's machine; it is streamed. */
  readonly file?: string;
  readonly text?: string;
  /** Any JSON value. */
  readonly json?: unknown;
}

/**
 * Writes a file, a text or a JSON value to an object.
 *
 * @returns the object: bucket, key, `s3://` address, size and ETag
 * @throws MillraceError BAD_ARGUMENT without exactly one content, UNREACHABLE, TIMEOUT; Permanent when S3 refuses
 * @example s3Upload({ connection: "lake", key: "in/{{ ds }}.csv", file: "/data/{{ ds }}.csv" })
 */
export const s3Upload = operator({
  name: "S3UploadOperator",
  color: "#e8d5a3",
  doc: [
    "Writes a file, a text or a JSON value to an object. Files are streamed, in parts of 8 MiB when they are larger; the object is there as a whole or not at all,",
    "and the parts of an upload that failed are taken away.",
    "",
    "**Result**: `{ bucket, key, url, sizeBytes, etag, versionId? }`. **Fails** without another try when S3 refuses (login, rights, no such bucket) or the file is",
    "missing; with `UNREACHABLE` or `TIMEOUT` after four requests. A retry writes the same object again, which changes nothing.",
  ].join("\n"),
  templated: ["bucket", "key", "file", "text", "metadata"],
  schema: {
    type: "object",
    required: ["key"],
    additionalProperties: false,
    properties: {
      ...S3_PROPERTIES,
      key: KEY_PROPERTY,
      file: {
        type: "string",
        minLength: 1,
        description: "The content: a file of the worker's machine; it is streamed.",
      },
      text: { type: "string", description: "The content: a text." },
      json: { description: "The content: any JSON value." },
      contentType: {
        type: "string",
        minLength: 1,
        description:
          "Default `application/json` for `json`, `text/plain; charset=utf-8` for `text`, otherwise what the server takes.",
      },
      metadata: {
        type: "object",
        additionalProperties: { type: "string" },
        description: "Kept with the object (`x-amz-meta-…`).",
      },
      checksum: {
        enum: ["crc32", "sha256"],
        description: "The server computes it again and refuses what differs. Default: CRC32 at Amazon, none elsewhere.",
      },
    },
  },
  run: async ({ connection, bucket, key, ...options }: S3UploadOptions, ctx: Context): Promise<WrittenObject> => {
    const { body, contentType } = await contentOf(options);
    await using s3 = await openS3(connection, { ctx });
    const { metadata, checksum } = options;
    const written = await s3.write(objectAddress(key, bucket ?? s3.bucket), body, {
      ...(contentType !== undefined && { contentType }),
      ...(metadata !== undefined && { metadata }),
      ...(checksum !== undefined && { checksum }),
    });
    ctx.log.info(`wrote ${written.url}`, { sizeBytes: written.sizeBytes, etag: written.etag });
    return written;
  },
});

async function contentOf({
  file,
  text,
  json,
  contentType,
}: Pick<S3UploadOptions, "file" | "text" | "json" | "contentType">): Promise<{
  readonly body: Readable | string;
  readonly contentType?: string;
}> {
  const given = [file, text, json].filter((each) => each !== undefined);
  if (given.length !== 1)
    throw new MillraceError("BAD_ARGUMENT", "s3Upload needs exactly one of the options file, text and json");
  if (text !== undefined) return { body: text, contentType: contentType ?? "text/plain; charset=utf-8" };
  if (file === undefined) return { body: JSON.stringify(json), contentType: contentType ?? "application/json" };
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new MillraceError("BAD_ARGUMENT", `there is no file ${file} on the machine of this worker to upload`);
  return { body: createReadStream(file), ...(contentType !== undefined && { contentType }) };
}
