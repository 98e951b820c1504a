import type { Micros } from "../model/instant.ts";
import type { DagSummary } from "./queries.ts";

/** A part of a list that is read by position, and how long all of it is. */
export interface OffsetList<Item> {
  readonly items: readonly Item[];
  /** Of the whole list, with the same filters. */
  readonly total: number;
}

/** Which part of such a list. */
export interface OffsetRequest {
  readonly limit: number;
  readonly offset: number;
}

/** A DAG in a list, with what its newest version says of itself. */
export interface ListedDag extends DagSummary {
  /** Of its tasks, each once, by name. */
  readonly owners: readonly string[];
  readonly maxActiveRuns: number;
  readonly maxActiveTasks: number;
  readonly maxConsecutiveFailedRuns: number;
  /** True when a task bounds its own instances. */
  readonly hasTaskLimits: boolean;
  /** True when its file cannot be loaded as it is now. */
  readonly hasImportErrors: boolean;
  /** When its file was last read. */
  readonly seenAt: Micros;
}

/** Which DAGs. Absent filters leave none out. */
export interface DagFilter {
  /** Only these. */
  readonly dagIds?: readonly string[];
  readonly onlyActive?: boolean;
  readonly paused?: boolean;
  /** Those with any of these tags. */
  readonly tags?: readonly string[];
  /** Part of the id, in capitals or not. */
  readonly idPart?: string;
}

/** Why a file cannot be loaded, as it is listed. */
export interface ListedImportError {
  readonly importErrorId: number;
  readonly file: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly stack?: string;
  readonly at: Micros;
}

/** Something about a DAG that will not work. */
export interface DagWarning {
  readonly dagId: string;
  readonly type: "non-existent pool";
  /** Pools that its tasks name, and that there are not. */
  readonly missingPools: readonly string[];
  /** When the version that says so was first seen. */
  readonly at: Micros;
}

/**
 * DAGs and what is about their files, for lists with pages by position. Reads whole graphs of no more than a page, and only where it says so.
 */
export interface DagLists {
  /** By id. */
  listDags(request: DagFilter & OffsetRequest & { readonly descending?: boolean }): Promise<OffsetList<ListedDag>>;
  findDag(dagId: string): Promise<ListedDag | undefined>;
  /** DAGs that a file declares or has declared. */
  dagsOfFiles(files: readonly string[]): Promise<readonly { readonly file: string; readonly dagId: string }[]>;
  /** A DAG file as it was when it was last loaded. */
  findSource(file: string): Promise<string | undefined>;
  /** @param request.dagIds only those of files in which one of these DAGs is */
  listImportErrors(
    request: OffsetRequest & {
      readonly dagIds?: readonly string[];
      readonly by: "id" | "at" | "file";
      readonly descending: boolean;
    },
  ): Promise<OffsetList<ListedImportError>>;
  findImportError(importErrorId: number): Promise<ListedImportError | undefined>;
  /** @param request.dagIds only about these DAGs; absent = about all active ones */
  listWarnings(
    request: OffsetRequest & {
      readonly dagIds?: readonly string[];
      readonly by: "dagId" | "at";
      readonly descending: boolean;
    },
  ): Promise<OffsetList<DagWarning>>;
}
