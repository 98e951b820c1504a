import { join } from "node:path";
import { BRONZE, GOLD, type Layer, SILVER } from "../steps/lake-schema.ts";
import type { BronzeRow, GoldRow, SilverRow } from "../steps/layer-rows.ts";
import { ConfigurationError } from "../steps/pipeline-errors.ts";
import { openFileLakeTable } from "./file-lake-table.ts";
import { localPath } from "./open-event-log.ts";
import type { Lake } from "./process-layers.ts";

/** Where each layer keeps its table `domains`: a folder, absolute, relative or as a `file:` address. */
export interface LayerPaths {
  readonly bronzePath: string;
  readonly silverPath: string;
  readonly goldPath: string;
}

/**
 * Opens the tables below `paths`, relative ones from `baseFolder`.
 *
 * @throws ConfigurationError for an object store: without Spark, tables lie in folders.
 */
export function openLake(paths: LayerPaths, baseFolder: string, nowMs: () => number): Lake {
  const folder = (path: string): string => join(tableFolder(path, baseFolder), "domains");
  return {
    bronze: openFileLakeTable<BronzeRow>({ folder: folder(paths.bronzePath), schema: BRONZE, nowMs }),
    silver: openFileLakeTable<SilverRow>({ folder: folder(paths.silverPath), schema: SILVER, nowMs }),
    gold: openFileLakeTable<GoldRow>({ folder: folder(paths.goldPath), schema: GOLD, nowMs }),
  };
}

/** The table of a layer as Spark and readers of Delta name it: a path or an address of an object store. */
export function layerTable(paths: LayerPaths, layer: Layer, baseFolder: string): string {
  const path = { bronze: paths.bronzePath, silver: paths.silverPath, gold: paths.goldPath }[layer];
  return `${(isAddress(path) ? path : localPath(path, baseFolder)).replace(/\/+$/, "")}/domains`;
}

/** True for an object store such as `s3a://bucket/folder`. */
export function isAddress(path: string): boolean {
  return /^(?!file:)[a-z][a-z0-9+.-]+:\/\//i.test(path);
}

/**
 * The folder that a table path names.
 *
 * @throws ConfigurationError for an object store such as `s3a://`.
 */
function tableFolder(path: string, baseFolder: string): string {
  if (isAddress(path)) {
    throw new ConfigurationError(
      `the table path "${path}" names an object store, which Spark writes to: set spark_master to a master of Spark, or give a folder`,
      { path },
    );
  }
  return localPath(path, baseFolder);
}
