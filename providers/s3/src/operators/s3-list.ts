import { MillraceError, operator, type Context } from "@millrace/core";
import { keyPattern } from "../key-pattern.ts";
import { objectAddress } from "../object-address.ts";
import { openS3 } from "../open-s3.ts";
import type { S3Object } from "../s3.ts";
import { S3_PROPERTIES, type S3Options } from "./s3-options.ts";

/** Options of {@link s3List}. */
export interface S3ListOptions extends S3Options {
  /** What keys have to begin with, or a pattern (`in/*.csv`, `**`), or either as `s3://bucket/…`. Default all. */
  readonly prefix?: string;
  readonly pattern?: string;
  /** Most objects of the result. Default 1 000; when there are more the task fails. */
  readonly limit?: number;
}

/** Objects of a bucket. */
export interface ListedObjects {
  readonly bucket: string;
  readonly objects: readonly S3Object[];
}

/**
 * The objects of a bucket by prefix or pattern, by their key.
 *
 * @throws MillraceError TOO_LARGE when there are more than `limit`, UNREACHABLE, TIMEOUT; Permanent when S3 refuses
 * @example s3List({ connection: "lake", pattern: "in/{{ ds }}/*.csv" })
 */
export const s3List = operator({
  name: "S3ListOperator",
  color: "#f0ead8",
  doc: [
    "Lists the objects of a bucket by prefix or pattern: `*` is any characters but `/`, `**` any at all, `?` one. Only what a pattern begins with is asked of the server.",
    "",
    "**Result**: `{ bucket, objects: [{ key, sizeBytes, modifiedAt, etag }] }`, by key. **Fails** with `TOO_LARGE` when there are more than `limit`; without another try",
    "when S3 refuses; with `UNREACHABLE` or `TIMEOUT` after four requests. It only reads.",
  ].join("\n"),
  templated: ["bucket", "prefix", "pattern"],
  schema: {
    type: "object",
    additionalProperties: false,
    properties: {
      ...S3_PROPERTIES,
      prefix: { type: "string", description: "What keys have to begin with, or `s3://bucket/…`. Default all." },
      pattern: {
        type: "string",
        minLength: 1,
        description: "What keys have to look like: `in/*.csv`, `**`. Instead of `prefix`.",
      },
      limit: {
        type: "integer",
        minimum: 1,
        maximum: 100_000,
        default: 1_000,
        description: "Most objects of the result.",
      },
    },
  },
  run: async (
    { connection, bucket, prefix, pattern, limit = 1_000 }: S3ListOptions,
    ctx: Context,
  ): Promise<ListedObjects> => {
    if (prefix !== undefined && pattern !== undefined)
      throw new MillraceError("BAD_ARGUMENT", "s3List takes prefix or pattern, not both");
    await using s3 = await openS3(connection, { ctx });
    const address = objectAddress(pattern ?? prefix ?? "", bucket ?? s3.bucket);
    const wanted = pattern === undefined ? { prefix: address.key, fits: () => true } : keyPattern(address.key);
    const objects: S3Object[] = [];
    for await (const object of s3.list(address.bucket, wanted.prefix)) {
      if (!wanted.fits(object.key)) continue;
      if (objects.length >= limit)
        throw new MillraceError(
          "TOO_LARGE",
          `s3://${address.bucket}/${address.key} has more than ${limit} objects: narrow it, or raise the option limit`,
        );
      objects.push(object);
    }
    return { bucket: address.bucket, objects };
  },
});
