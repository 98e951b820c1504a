import { operator, parseInstant, type Context } from "@millrace/core";
import { isPattern, keyPattern } from "../key-pattern.ts";
import { objectAddress, type ObjectAddress } from "../object-address.ts";
import { openS3 } from "../open-s3.ts";
import type { S3, S3Object } from "../s3.ts";
import { S3_PROPERTIES, type S3Options } from "./s3-options.ts";

const MOST_OBJECTS = 1_000;

/** Options of {@link waitForObject}. */
export interface WaitForObjectOptions extends S3Options {
  /** A key or a pattern (`in/*.csv`), or either as `s3://bucket/…`. */
  readonly key: string;
  /** Smaller ones do not count. Default 0. */
  readonly minSizeBytes?: number;
  /** Older ones do not count; RFC 3339. Default all count. */
  readonly modifiedAfter?: string;
  /** With a pattern: how many there must be. Default 1. */
  readonly minCount?: number;
}

/** The objects that were waited for; of a pattern the first thousand. */
export interface FoundObjects {
  readonly bucket: string;
  readonly objects: readonly S3Object[];
}

/**
 * Waits until an object is there, or objects that fit a pattern. A sensor.
 *
 * @throws MillraceError UNREACHABLE, TIMEOUT; Permanent when S3 refuses or there is no such bucket
 * @example sensor("file_there", { timeout: "6h", every: "1m", mode: "reschedule" }, waitForObject({ connection: "lake", key: "in/{{ ds }}/*.csv" }))
 */
export const waitForObject = operator({
  name: "WaitForObjectSensor",
  color: "#e8d5a3",
  kind: "sensor",
  doc: [
    "Waits until an object is there, or objects whose keys fit a pattern (`*` any characters but `/`, `**` any at all, `?` one), large enough and young enough. A sensor:",
    '`every`, `timeout`, `softFail` and `mode` are options of `sensor()`; with `mode: "defer"` or `"reschedule"` it holds no slot between looks.',
    "",
    "**Result**: `{ bucket, objects: [{ key, sizeBytes, modifiedAt, etag }] }`. **Fails** without another try when S3 refuses or there is no such bucket; with",
    "`UNREACHABLE` or `TIMEOUT` after four requests. It only reads.",
  ].join("\n"),
  templated: ["bucket", "key", "modifiedAfter"],
  schema: {
    type: "object",
    required: ["key"],
    additionalProperties: false,
    properties: {
      ...S3_PROPERTIES,
      key: {
        type: "string",
        minLength: 1,
        description: "A key or a pattern (`in/*.csv`), or either as `s3://bucket/…`.",
      },
      minSizeBytes: { type: "integer", minimum: 0, default: 0, description: "Smaller ones do not count." },
      modifiedAfter: {
        type: "string",
        minLength: 1,
        description: "Older ones do not count; RFC 3339. Default all count.",
      },
      minCount: {
        type: "integer",
        minimum: 1,
        maximum: MOST_OBJECTS,
        default: 1,
        description: "With a pattern: how many there must be.",
      },
    },
  },
  run: async (
    { connection, bucket, key, minSizeBytes = 0, modifiedAfter, minCount = 1 }: WaitForObjectOptions,
    ctx: Context,
  ): Promise<FoundObjects | false> => {
    const after = modifiedAfter === undefined ? -Infinity : parseInstant(modifiedAfter, "UTC");
    await using s3 = await openS3(connection, { ctx });
    const address = objectAddress(key, bucket ?? s3.bucket);
    const objects: S3Object[] = [];
    for await (const object of candidates(s3, address)) {
      if (object.sizeBytes < minSizeBytes || parseInstant(object.modifiedAt) <= after) continue;
      objects.push(object);
      if (objects.length >= MOST_OBJECTS) break;
    }
    return objects.length >= minCount ? { bucket: address.bucket, objects } : false;
  },
});

async function* candidates(s3: S3, { bucket, key }: ObjectAddress): AsyncGenerator<S3Object> {
  if (!isPattern(key)) {
    const object = await s3.find({ bucket, key });
    if (object !== undefined) yield object;
    return;
  }
  const { prefix, fits } = keyPattern(key);
  for await (const object of s3.list(bucket, prefix)) if (fits(object.key)) yield object;
}
