import type { Connection } from "@millrace/core";
import { folderOf, s3PlaceOf } from "../storage/open-storage.ts";
import { s3SettingsOf } from "../storage/s3-settings.ts";

/** A table as delta-rs names it, and what it needs to reach it. */
export interface DeltaAddress {
  readonly uri: string;
  readonly storageOptions: Readonly<Record<string, string>>;
}

/** The address of a table for delta-rs. @param more goes before what the connection says */
export function deltaAddress(
  path: string,
  connection: Connection | undefined,
  more: Readonly<Record<string, string>> = {},
): DeltaAddress {
  const place = s3PlaceOf(path);
  if (place === undefined) return { uri: folderOf(path), storageOptions: more };
  const { region, endpoint, credentials } = s3SettingsOf(connection);
  return {
    uri: `s3://${place.bucket}/${place.prefix}`,
    storageOptions: {
      AWS_REGION: region,
      ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint }),
      ...(endpoint?.startsWith("http:") && { AWS_ALLOW_HTTP: "true" }),
      ...(credentials !== undefined && {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
      }),
      ...more,
    },
  };
}
