import type { Connection, Context } from "@millrace/core";
import type { OpenDeltaOptions } from "../open-delta.ts";

/** Which table an operator is about. */
export interface TableOptions {
  /** A folder, `file:///…`, or `s3://bucket/folder` (`s3a://` is the same). */
  readonly path: string;
  /** For a table on S3: a connection of type `aws`, or its id. Default: what the machine has (environment, files, role). */
  readonly connection?: Connection | string;
}

/** The schema of {@link TableOptions}. */
export const TABLE_PROPERTIES = {
  path: {
    type: "string",
    minLength: 1,
    description: "A folder, `file:///…`, or `s3://bucket/folder` (`s3a://` is the same).",
  },
  connection: {
    anyOf: [{ type: "string", minLength: 1 }, { type: "object" }],
    description:
      "For a table on S3: a connection of type `aws`, or its id. Default: what the machine has (environment, files, role).",
  },
} as const;

/** What `openDelta` gets of them. */
export function openOptions({ connection }: TableOptions, ctx: Context): OpenDeltaOptions {
  return { ctx, ...(connection !== undefined && { connection }) };
}
