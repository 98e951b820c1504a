import { MICROS, MillraceError, operator, parseDuration, type Context, type Duration } from "@millrace/core";
import { objectAddress } from "../object-address.ts";
import { openS3 } from "../open-s3.ts";
import { KEY_PROPERTY, S3_PROPERTIES, type S3Options } from "./s3-options.ts";

const MOST_SECONDS = 7 * 86_400;

/** Options of {@link s3Presign}. */
export interface S3PresignOptions extends S3Options {
  /** A key, or `s3://bucket/key`. */
  readonly key: string;
  /** What may be done by the address. Default `get`. */
  readonly method?: "get" | "put";
  /** 1 s to 7 d. Default `1h`. */
  readonly expiresIn?: Duration;
}

/**
 * Makes an address by which anybody who has it may read (or write) an object for a while.
 *
 * @throws MillraceError BAD_ARGUMENT for a time that S3 does not sign
 * @example s3Presign({ connection: "lake", key: "reports/{{ ds }}.pdf", expiresIn: "1d" })
 */
export const s3Presign = operator({
  name: "S3PresignOperator",
  color: "#f0ead8",
  doc: [
    "Makes an address by which anybody who has it may read (`get`) or write (`put`) an object for a while. The server is not asked: whether the object is there shows when",
    "the address is used. The address is as good as a key: the result of the task is seen by all who may see the DAG.",
    "",
    "**Result**: the address. **Fails** without another try when there is no access key. A retry makes another address; the first one stays good.",
  ].join("\n"),
  templated: ["bucket", "key"],
  schema: {
    type: "object",
    required: ["key"],
    additionalProperties: false,
    properties: {
      ...S3_PROPERTIES,
      key: KEY_PROPERTY,
      method: { enum: ["get", "put"], default: "get", description: "What may be done by the address." },
      expiresIn: { type: "string", minLength: 2, default: "1h", description: "How long it is good: `1s` to `7d`." },
    },
  },
  run: async (
    { connection, bucket, key, method = "get", expiresIn = "1h" }: S3PresignOptions,
    ctx: Context,
  ): Promise<string> => {
    const expiresSeconds = Math.floor(parseDuration(expiresIn) / MICROS.s);
    if (expiresSeconds < 1 || expiresSeconds > MOST_SECONDS)
      throw new MillraceError("BAD_ARGUMENT", `S3 signs addresses for 1s to 7d, not for ${expiresIn}`);
    await using s3 = await openS3(connection, { ctx });
    return await s3.presign(objectAddress(key, bucket ?? s3.bucket), { method, expiresSeconds });
  },
});
