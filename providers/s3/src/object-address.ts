import { MillraceError } from "@millrace/core";

/** An object, or where one is to be. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads a key, or `s3://bucket/key` (`s3a://` is the same), which says its own bucket.
 *
 * @param bucket for a key that names none. @throws MillraceError BAD_ARGUMENT without a bucket, or with two that differ
 */
export function objectAddress(key: string, bucket: string | undefined): ObjectAddress {
  const [, named, rest = ""] = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/s.exec(key) ?? [];
  if (named === undefined) {
    if (bucket === undefined)
      throw new MillraceError(
        "BAD_ARGUMENT",
        `${key} names no bucket: write s3://bucket/key, give the option bucket, or put one into the connection`,
      );
    return { bucket, key };
  }
  return { bucket: named, key: rest };
}

/** `s3://bucket/key`. */
export function urlOf({ bucket, key }: ObjectAddress): string {
  return `s3://${bucket}/${key}`;
}
