import type { RunState, RunType, TaskState } from "../model/states.ts";
import type { PanelLink } from "../pages/panel.ts";
import type { Asset } from "./asset.ts";
import type { Connection } from "./connection.ts";
import type { AnyParams, AssetEvent, DataInterval } from "./context.ts";
import type { DagDefinition } from "./dag.ts";

/** A DAG, or its id. */
export type DagOrId = DagDefinition | string;

/** A run, as the code of a page sees it. Instants are RFC 3339 in UTC. */
export interface PageRun {
  readonly dagId: string;
  readonly runId: string;
  readonly runType: RunType;
  readonly state: RunState;
  readonly logicalDate: string;
  readonly dataInterval: DataInterval;
  readonly queuedAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Task instances per state; states without any are left out. */
  readonly tasks: Readonly<Partial<Record<TaskState, number>>>;
  /** For panels that lead to it. */
  readonly link: PanelLink;
}

/** A task instance, as the code of a page sees it. */
export interface PageInstance {
  readonly dagId: string;
  readonly runId: string;
  readonly logicalDate: string;
  readonly taskId: string;
  /** -1 = not mapped. */
  readonly mapIndex: number;
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Why it did not succeed. */
  readonly reason?: string;
  readonly link: PanelLink;
}

/** What a task instance left: its result, or the value of an XCom. */
export interface PageResult {
  readonly dagId: string;
  readonly runId: string;
  readonly logicalDate: string;
  readonly taskId: string;
  readonly mapIndex: number;
  /** When the task instance ended. */
  readonly endedAt?: string;
  /** `undefined` when {@link PageResult.isTooLarge}. */
  readonly value: unknown;
  /** It is kept in a file because of its size, and not read: push the few numbers that a page needs as an XCom of their own. */
  readonly isTooLarge: boolean;
  readonly link: PanelLink;
}

/** What the code of a page gets. All reads are bounded, and only of the DAGs that the page names. */
export interface PageContext<P = AnyParams> {
  readonly pageId: string;
  /** The page's params, as whoever looks has set them. */
  readonly params: P;
  /** The time now by the engine's clock, RFC 3339 in UTC. */
  now(): string;
  /** Fires when the time is over. Pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** The global `fetch`, within the network rules of the configuration (`security.privateAddresses`). @throws MillraceError FORBIDDEN_ADDRESS */
  readonly fetch: typeof fetch;
  /**
   * One of the variables that the page declares.
   *
   * @param fallback for a variable that does not exist. @throws MillraceError NOT_FOUND without one; NOT_ALLOWED when the page does not declare it.
   */
  variable(key: string, fallback?: string): Promise<string>;
  /** One of the connections that the page declares. @throws MillraceError NOT_FOUND, NOT_ALLOWED */
  connection(id: string): Promise<Connection>;
  /** Runs by logical date, the newest first. @param question.limit 1 to 1 000, default 100. @throws MillraceError NOT_ALLOWED, BAD_ARGUMENT */
  runs(
    dag: DagOrId,
    question?: { readonly states?: readonly RunState[]; readonly limit?: number },
  ): Promise<readonly PageRun[]>;
  /**
   * Task instances of the newest runs, the newest run first.
   *
   * @param question.runs so many runs are looked at: 1 to 500, default 50. @param question.limit 1 to 1 000, default 200.
   * @throws MillraceError NOT_ALLOWED, BAD_ARGUMENT
   */
  instances(
    dag: DagOrId,
    question?: {
      readonly taskIds?: readonly string[];
      readonly states?: readonly TaskState[];
      readonly runs?: number;
      readonly limit?: number;
    },
  ): Promise<readonly PageInstance[]>;
  /**
   * What a task left in the newest runs, the newest first; runs in which it left nothing are passed over.
   *
   * @param question.key of an XCom; default: the result. @param question.limit values, 1 to 500, default 100; of the newest 1 000 runs.
   * @throws MillraceError NOT_ALLOWED, BAD_ARGUMENT
   */
  results(
    dag: DagOrId,
    taskId: string,
    question?: { readonly key?: string; readonly limit?: number },
  ): Promise<readonly PageResult[]>;
  /**
   * Updates of an asset, the newest first: those of the page's DAGs, and those that came from outside.
   *
   * @param question.limit updates that are looked at: 1 to 1 000, default 100. @throws MillraceError BAD_ARGUMENT
   */
  assetEvents(asset: Asset | string, question?: { readonly limit?: number }): Promise<readonly AssetEvent[]>;
}
