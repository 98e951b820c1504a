import type { Connection } from "@millrace/core";

/** Which server an operator asks. */
export interface S3Options {
  /** A connection of type `aws`, or its id. Default: the access key of the machine (environment, files, role). */
  readonly connection?: Connection | string;
  /** For keys that name none. Default: that of the connection. */
  readonly bucket?: string;
}

/** The schema of {@link S3Options}. */
export const S3_PROPERTIES = {
  connection: {
    anyOf: [{ type: "string", minLength: 1 }, { type: "object" }],
    description:
      "A connection of type `aws`, or its id. Default: the access key of the machine (environment, files, role).",
  },
  bucket: { type: "string", minLength: 1, description: "For keys that name none. Default: that of the connection." },
} as const;

/** The schema of a key. */
export const KEY_PROPERTY = { type: "string", minLength: 1, description: "A key, or `s3://bucket/key`." } as const;
