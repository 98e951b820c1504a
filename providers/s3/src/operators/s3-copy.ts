import { operator, type Context } from "@millrace/core";
import { objectAddress } from "../object-address.ts";
import { openS3 } from "../open-s3.ts";
import type { WrittenObject } from "../s3.ts";
import { KEY_PROPERTY, S3_PROPERTIES, type S3Options } from "./s3-options.ts";

/** Options of {@link s3Copy}. */
export interface S3CopyOptions extends S3Options {
  /** A key, or `s3://bucket/key`. */
  readonly from: string;
  /** A key, or `s3://bucket/key`. */
  readonly to: string;
}

/**
 * Copies an object on the server; nothing goes through the worker.
 *
 * @throws MillraceError UNREACHABLE, TIMEOUT; Permanent when S3 refuses or has no such object
 * @example s3Copy({ connection: "lake", from: "in/{{ ds }}.csv", to: "archive/{{ ds }}.csv" })
 */
export const s3Copy = operator({
  name: "S3CopyOperator",
  color: "#e8d5a3",
  doc: [
    "Copies an object of up to 5 GiB on the server; nothing goes through the worker. Type and metadata go with it.",
    "",
    "**Result**: `{ bucket, key, url, sizeBytes, etag, versionId? }` of the copy. **Fails** without another try when S3 refuses or has no such object; with `UNREACHABLE`",
    "or `TIMEOUT` after four requests. A retry copies again, which changes nothing.",
  ].join("\n"),
  templated: ["bucket", "from", "to"],
  schema: {
    type: "object",
    required: ["from", "to"],
    additionalProperties: false,
    properties: { ...S3_PROPERTIES, from: KEY_PROPERTY, to: KEY_PROPERTY },
  },
  run: async ({ connection, bucket, from, to }: S3CopyOptions, ctx: Context): Promise<WrittenObject> => {
    await using s3 = await openS3(connection, { ctx });
    const place = bucket ?? s3.bucket;
    return await s3.copy(objectAddress(from, place), objectAddress(to, place));
  },
});
