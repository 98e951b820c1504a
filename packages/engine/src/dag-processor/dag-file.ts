import type { FoundFile } from "@millrace/core";
import type { FileStamp } from "./file-stamps.ts";

/** A DAG file as it was read: what it declares and all that this depends on. Plain JSON. */
export interface DagFile {
  readonly file: string;
  /** The DAG folder that it was found in. */
  readonly folder: string;
  /** Every file that went into its bundle, template files too; only itself when it does not compile. */
  readonly inputs: readonly FileStamp[];
  /** npm packages that it needs. */
  readonly packages: readonly string[];
  readonly lockHash: string;
  readonly found: FoundFile;
  /** Ids of the DAGs that it declared when it was last good: a broken file keeps them. */
  readonly claims: readonly string[];
}
