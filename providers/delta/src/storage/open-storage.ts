import { fileURLToPath } from "node:url";
import { MillraceError, type Connection } from "@millrace/core";
import { folderStorage } from "./folder-storage.ts";
import { s3SettingsOf } from "./s3-settings.ts";
import { s3Storage, type S3Place } from "./s3-storage.ts";
import type { TableStorage } from "./table-storage.ts";

/** Bucket and prefix of an address `s3://`, `s3a://` or `s3n://`; undefined for anything else. @throws MillraceError BAD_ARGUMENT without a bucket */
export function s3PlaceOf(path: string): S3Place | undefined {
  const [, rest] = /^s3[an]?:\/\/(.*)$/.exec(path) ?? [];
  if (rest === undefined) return undefined;
  const [bucket = "", ...folders] = rest.split("/");
  if (bucket === "") throw new MillraceError("BAD_ARGUMENT", `${path} names no bucket: write s3://bucket/folder`);
  return { bucket, prefix: folders.filter((folder) => folder !== "").join("/") };
}

/** A folder as the file system names it. @throws MillraceError BAD_ARGUMENT for a scheme that is neither S3 nor a file */
export function folderOf(path: string): string {
  if (path.startsWith("file:")) return fileURLToPath(path);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `${path} is neither a folder nor on S3: write a path, file:///… or s3://bucket/folder`,
    );
  return path;
}

/** The storage of a table by its address. @throws MillraceError BAD_ARGUMENT for an address or a connection that does not fit */
export function openStorage(path: string, connection: Connection | undefined, signal?: AbortSignal): TableStorage {
  const place = s3PlaceOf(path);
  return place === undefined
    ? folderStorage(folderOf(path), signal)
    : s3Storage(place, s3SettingsOf(connection), signal);
}
