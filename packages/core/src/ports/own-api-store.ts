import type { Micros } from "../model/instant.ts";
import type { TaskState } from "../model/states.ts";

/** All instances of one task in one run. */
export interface Cell {
  readonly runId: number;
  readonly taskId: string;
  /** States without any are left out. */
  readonly counts: Readonly<Partial<Record<TaskState, number>>>;
  /** The first time that one was queued, the first start, and the last end. */
  readonly queuedAt?: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
  /** The highest try number. */
  readonly tries: number;
}

/** A few of each kind of thing that a text was found in. */
export interface FoundThings {
  readonly dags: readonly { readonly dagId: string; readonly paused: boolean }[];
  readonly tasks: readonly { readonly dagId: string; readonly taskId: string }[];
  readonly runs: readonly { readonly dagId: string; readonly runId: number; readonly runKey: string }[];
  readonly assets: readonly { readonly uri: string }[];
}

/** A worker process that has tries now. */
export interface BusyWorker {
  readonly workerId: string;
  /** Tries that it runs. */
  readonly running: number;
  /** Start of the one that has run for longest. */
  readonly since: Micros;
  /** When a remote worker was last heard of; absent for those that schedulers watch themselves. */
  readonly heartbeatAt?: Micros;
}

/** What a caller asked under a key of its own. */
export interface KeyedRequest {
  readonly caller: string;
  readonly key: string;
  /** Of all that was asked. */
  readonly hash: string;
  /** The run that is made, should this be the first request. */
  readonly runKey: string;
}

/** What is known under a key: of this request, or of an earlier one. */
export interface KeyedAnswer {
  readonly hash: string;
  readonly runKey: string;
  /** JSON text; absent while it is being carried out, or after whoever did that was killed. */
  readonly answer?: string;
}

/** What only Millrace's own API asks of the store. */
export interface OwnApiStore {
  /** Counts task instances by run and task. @param taskIds absent = all */
  countCells(runIds: readonly number[], taskIds?: readonly string[]): Promise<readonly Cell[]>;
  /**
   * DAGs, tasks and assets that have a text in their name; runs whose key begins with it, among those of one DAG, or else among the newest 10 000.
   *
   * @param wish.dagIds absent = all
   */
  find(wish: {
    readonly text: string;
    readonly limit: number;
    readonly dagId?: string;
    readonly dagIds?: readonly string[];
  }): Promise<FoundThings>;
  /** Workers with tries of unfinished runs, by id; at most 1 000. */
  listWorkers(): Promise<readonly BusyWorker[]>;
  /** Notes a request that may be made once. Keys are kept for a day. @returns what is noted under the key */
  claimKey(request: KeyedRequest): Promise<KeyedAnswer>;
  answerKey(request: Pick<KeyedRequest, "caller" | "key">, answer: string): Promise<void>;
}
