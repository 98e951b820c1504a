import { MillraceError, operator, type Context } from "@millrace/core";
import { objectAddress, type ObjectAddress } from "../object-address.ts";
import { openS3 } from "../open-s3.ts";
import type { S3 } from "../s3.ts";
import { S3_PROPERTIES, type S3Options } from "./s3-options.ts";

const KEYS_AT_ONCE = 1_000;

/** Options of {@link s3Delete}: `keys` or `prefix`. */
export interface S3DeleteOptions extends S3Options {
  /** Keys, or `s3://bucket/key`, all of one bucket. */
  readonly keys?: readonly string[];
  /** All whose keys begin with it. */
  readonly prefix?: string;
}

/** What was deleted. */
export interface DeletedObjects {
  readonly bucket: string;
  /** With `keys`: how many were named. With `prefix`: how many there were. */
  readonly deleted: number;
}

/**
 * Deletes objects by their keys, or all of a prefix.
 *
 * @throws MillraceError BAD_ARGUMENT without exactly one of the two, TASK_FAILED when some could not be deleted, UNREACHABLE, TIMEOUT; Permanent when S3 refuses
 * @example s3Delete({ connection: "lake", prefix: "scratch/{{ run_id }}/" })
 */
export const s3Delete = operator({
  name: "S3DeleteOperator",
  color: "#f3c9c0",
  doc: [
    "Deletes objects by their keys, or all whose keys begin with a prefix, a thousand a request.",
    "",
    "**Result**: `{ bucket, deleted }`. **Fails** with `TASK_FAILED`, with the first key, when some could not be deleted; without another try when S3 refuses; with",
    "`UNREACHABLE` or `TIMEOUT` after four requests. What is gone already counts as deleted: a retry is harmless.",
  ].join("\n"),
  templated: ["bucket", "keys", "prefix"],
  schema: {
    type: "object",
    additionalProperties: false,
    properties: {
      ...S3_PROPERTIES,
      keys: {
        type: "array",
        minItems: 1,
        items: { type: "string", minLength: 1 },
        description: "Keys, or `s3://bucket/key`, all of one bucket.",
      },
      prefix: { type: "string", minLength: 1, description: "All objects whose keys begin with it. Never empty." },
    },
  },
  run: async ({ connection, bucket, keys, prefix }: S3DeleteOptions, ctx: Context): Promise<DeletedObjects> => {
    if ((keys === undefined) === (prefix === undefined))
      throw new MillraceError("BAD_ARGUMENT", "s3Delete needs exactly one of the options keys and prefix");
    await using s3 = await openS3(connection, { ctx });
    const place = bucket ?? s3.bucket;
    if (prefix !== undefined) return await deletePrefix(s3, objectAddress(prefix, place));
    const addresses = (keys ?? []).map((key) => objectAddress(key, place));
    const [first] = addresses;
    if (first === undefined || addresses.some((each) => each.bucket !== first.bucket))
      throw new MillraceError("BAD_ARGUMENT", "s3Delete needs keys that are all of one bucket");
    await s3.delete(
      first.bucket,
      addresses.map(({ key }) => key),
    );
    return { bucket: first.bucket, deleted: addresses.length };
  },
});

async function deletePrefix(s3: S3, { bucket, key: prefix }: ObjectAddress): Promise<DeletedObjects> {
  if (prefix === "")
    throw new MillraceError("BAD_ARGUMENT", `s3Delete deletes no whole bucket: ${bucket} has no prefix`);
  let deleted = 0;
  let keys: string[] = [];
  const flush = async (): Promise<void> => {
    await s3.delete(bucket, keys);
    deleted += keys.length;
    keys = [];
  };
  for await (const { key } of s3.list(bucket, prefix)) {
    keys.push(key);
    if (keys.length >= KEYS_AT_ONCE) await flush();
  }
  await flush();
  return { bucket, deleted };
}
