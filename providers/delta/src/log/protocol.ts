import { MillraceError } from "@millrace/core";
import type { MetaData, Protocol } from "./actions.ts";

/** Features whose logs are understood: versions, times, files and row counts. */
const LOG_FEATURES = new Set([
  "columnMapping",
  "deletionVectors",
  "timestampNtz",
  "typeWidening",
  "typeWidening-preview",
  "v2Checkpoint",
  "vacuumProtocolCheck",
  "variantType",
  "variantType-preview",
]);
/** Features whose rows are understood. Deletion vectors are judged file by file, column mapping by its mode. */
const ROW_FEATURES = new Set([
  "columnMapping",
  "deletionVectors",
  "timestampNtz",
  "v2Checkpoint",
  "vacuumProtocolCheck",
]);
const NEWEST_READER = 3;

/**
 * Refuses a table that this reader would misread.
 *
 * @throws MillraceError BAD_ARGUMENT that names what is not known
 */
export function checkProtocol({ minReaderVersion, readerFeatures }: Protocol, url: string): void {
  if (minReaderVersion > NEWEST_READER)
    throw unsupported(
      url,
      `it needs a reader of version ${minReaderVersion}, and this one knows up to ${NEWEST_READER}`,
    );
  const unknown = (readerFeatures ?? []).filter((feature) => !LOG_FEATURES.has(feature));
  if (unknown.length > 0) throw unsupported(url, `it needs a reader that knows ${unknown.join(", ")}`);
}

/** Refuses a table whose rows, or values in statistics, this reader would misread. @throws MillraceError BAD_ARGUMENT */
export function checkRowProtocol({ readerFeatures }: Protocol, { configuration }: MetaData, url: string): void {
  const unknown = (readerFeatures ?? []).filter((feature) => !ROW_FEATURES.has(feature));
  if (unknown.length > 0) throw unsupported(url, `its values are written with ${unknown.join(", ")}`);
  const mapping = configuration?.["delta.columnMapping.mode"] ?? "none";
  if (mapping !== "none")
    throw unsupported(url, `its columns have other names in the files (column mapping by ${mapping})`);
}

function unsupported(url: string, reason: string): MillraceError {
  return new MillraceError(
    "BAD_ARGUMENT",
    `the Delta table ${url} cannot be read here: ${reason}. Read it through Spark`,
  );
}
