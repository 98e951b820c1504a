import type { Micros } from "../model/instant.ts";
import type { RunState, RunType, TaskState } from "../model/states.ts";
import type { OffsetList, OffsetRequest } from "./dag-lists.ts";
import type { InstanceRef, Page, PageRequest, RunDetail, RunSummary, TaskInstanceSummary } from "./queries.ts";

/** From and to, both included; an absent end is open. */
export interface Span<Value = Micros> {
  readonly from?: Value;
  readonly to?: Value;
}

/** Which runs. Absent filters leave none out; what has not happened fits no span. */
export interface RunFilter {
  readonly dagIds?: readonly string[];
  readonly runKeys?: readonly string[];
  readonly states?: readonly RunState[];
  readonly logicalDate?: Span;
  readonly startedAt?: Span;
  readonly endedAt?: Span;
  /** Of the last change. */
  readonly changedAt?: Span;
}

/** Which runs of a list by key. Absent filters leave none out. */
export interface RunSearch {
  readonly dagId?: string;
  /** Only of these DAGs. */
  readonly dagIds?: readonly string[];
  readonly states?: readonly RunState[];
  readonly runTypes?: readonly RunType[];
  /** For example `user:ada`. */
  readonly triggeredBy?: string;
  /** A part of the run's key, in capitals or not. */
  readonly keyPart?: string;
  readonly logicalDate?: Span;
  readonly queuedAt?: Span;
}

/** By what runs are listed; runs that are equal in it come in the order in which they were made. */
export type RunOrder =
  | "runId"
  | "state"
  | "dagId"
  | "logicalDate"
  | "runKey"
  | "startedAt"
  | "endedAt"
  | "changedAt"
  | "isExternal"
  | "conf";

/** A run in a list that is read by position. */
export interface ListedRun extends RunDetail {
  readonly changedAt: Micros;
}

/** Which task instances: those of some runs that fit. Absent filters leave none out. */
export interface InstanceFilter {
  readonly dagIds?: readonly string[];
  readonly runKeys?: readonly string[];
  readonly logicalDate?: Span;
  readonly taskIds?: readonly string[];
  /** Only instances of mapped tasks that have come. */
  readonly onlyMapped?: true;
  readonly mapIndex?: number;
  readonly states?: readonly TaskState[];
  readonly startedAt?: Span;
  readonly endedAt?: Span;
  /** The last of: its run was queued, it was queued, started, ended. */
  readonly changedAt?: Span;
  /** From start to end, in seconds. */
  readonly seconds?: Span<number>;
  /** As the graph of the version says that it ran on. */
  readonly pools?: readonly string[];
  readonly queues?: readonly string[];
}

/** By what task instances are listed; `key` = run, task, map index, and so are those that are equal in it. */
export type InstanceOrder = "key" | "state" | "seconds" | "startedAt" | "endedAt";

/** A task instance in a list that is read by position. */
export interface ListedInstance extends TaskInstanceSummary {
  readonly dagId: string;
  readonly runKey: string;
  readonly logicalDate: Micros;
  /** Version that its run is on; it ran on `dagVersion`, if it did. */
  readonly runVersion: number;
  readonly note?: string;
}

/** Which XComs. */
export interface XComFilter {
  readonly dagIds?: readonly string[];
  readonly runKey?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly key?: string;
}

/** An XCom without its value. */
export interface ListedXCom extends InstanceRef {
  readonly dagId: string;
  readonly runKey: string;
  readonly logicalDate: Micros;
  readonly key: string;
  readonly at: Micros;
}

/** Runs and what is in them, for lists with pages by position. Reads no more rows than a page into memory. */
export interface RunLists {
  /**
   * By key, newest first: by logical date within a DAG or a range of logical dates, else by creation. A page looks at 20 000 runs at most: it may have fewer
   * than its limit, or none, and yet a `next`.
   */
  searchRuns(request: PageRequest & RunSearch): Promise<Page<RunSummary>>;
  listRuns(
    filter: RunFilter,
    page: OffsetRequest & { readonly by: RunOrder; readonly descending: boolean },
  ): Promise<OffsetList<ListedRun>>;
  findRun(dagId: string, runKey: string): Promise<ListedRun | undefined>;
  listInstances(
    filter: InstanceFilter,
    page: OffsetRequest & { readonly by: InstanceOrder; readonly descending: boolean },
  ): Promise<OffsetList<ListedInstance>>;
  /** By run, task, map index, key. */
  listXComs(filter: XComFilter, page: OffsetRequest): Promise<OffsetList<ListedXCom>>;
}

/** What people write beside runs and task instances. It changes nothing of how they run, so nobody has to decide about it. */
export interface Notes {
  /** @param note.text null = none. @param note.by for example `user:ada`. @returns false when there is no such run */
  setRunNote(runId: number, note: { readonly text: string | null; readonly by: string }): Promise<boolean>;
  /** @returns false when there is no such task instance */
  setTaskNote(instance: InstanceRef, note: { readonly text: string | null; readonly by: string }): Promise<boolean>;
}
