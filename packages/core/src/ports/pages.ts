import type { Micros } from "../model/instant.ts";
import type { TaskState } from "../model/states.ts";
import type { FoundPage } from "../pages/page-info.ts";
import type { Panel } from "../pages/panel.ts";
import type { StoredValue } from "../plan/changes.ts";
import type { Page, PageRequest } from "./queries.ts";

/** A page as it was saved. */
export interface SavedPage extends FoundPage {
  readonly file: string;
}

/** A task instance of a DAG's newest runs. */
export interface RecentInstance {
  readonly runKey: string;
  readonly logicalDate: Micros;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
  readonly reason?: string;
}

/** A value that a task left in one of its DAG's newest runs. */
export interface RecentResult {
  readonly runKey: string;
  readonly logicalDate: Micros;
  readonly mapIndex: number;
  readonly endedAt?: Micros;
  readonly value: StoredValue;
}

/** Pages in the database, and what only their code asks of it. */
export interface PageStore {
  /** By id. @param request.dagId tabs of this DAG alone; null = pages that are no tabs. */
  list(request?: PageRequest & { readonly dagId?: string | null }): Promise<Page<SavedPage>>;
  find(pageId: string): Promise<SavedPage | undefined>;
  /** Of the newest `runs` runs by logical date, the newest first. @param question.taskIds absent = all */
  recentInstances(question: {
    readonly dagId: string;
    readonly taskIds?: readonly string[];
    readonly states?: readonly TaskState[];
    readonly runs: number;
    readonly limit: number;
  }): Promise<readonly RecentInstance[]>;
  /** The newest first. @param question.key absent = the result */
  recentResults(question: {
    readonly dagId: string;
    readonly taskId: string;
    readonly key?: string;
    readonly limit: number;
  }): Promise<readonly RecentResult[]>;
}

/** What the code of a page made. */
export interface PageData {
  readonly panels: readonly Panel[];
  readonly computedAt: Micros;
  readonly tookMs: number;
}

/** The pages that pipelines add to the UI. */
export interface Pages {
  list(request?: PageRequest & { readonly dagId?: string | null }): Promise<Page<SavedPage>>;
  find(pageId: string): Promise<SavedPage | undefined>;
  /**
   * Runs the code of a page in a process of its own, or answers what it made less than `refreshSeconds` ago.
   *
   * @param params as whoever looks has set them. @throws MillraceError BAD_PARAM, PAGE_FAILED, TIMEOUT
   */
  compute(page: SavedPage, params: Readonly<Record<string, unknown>>): Promise<PageData>;
  /** Ends its processes. */
  close(): Promise<void>;
}
