import type { GraphTask } from "../graph/graph.ts";
import type { Micros } from "../model/instant.ts";
import type { TaskState } from "../model/states.ts";
import type { LogRef } from "../plan/changes.ts";
import type { BlobStore } from "./blob-store.ts";
import type { Dispatch, Report, WorkerCalls } from "./executor.ts";

/** What became of a wish to run a dispatch. */
export type Claim =
  | { readonly kind: "claimed"; readonly dispatch: Dispatch }
  /** Another worker has it. */
  | { readonly kind: "taken" }
  /** No task instance is in this dispatch (R3). */
  | { readonly kind: "dead" };

/** A dispatch that is alive: its task instance is in it (R3). */
export interface LiveDispatch {
  readonly dispatch: Dispatch;
  /** Of the task instance, as it is committed. */
  readonly state: TaskState;
  readonly claimedBy?: string;
  /** Why it is to stop, once somebody wants that. */
  readonly stop?: string;
}

/** Which dispatches of an executor need its attention. */
export interface DispatchReview {
  /** Their task instances have gone on: nothing is left to do for them. */
  readonly ended: readonly string[];
  /** Their workers have given no sign for too long. */
  readonly silent: readonly string[];
  /** Nobody has claimed them, and somebody wants them to stop. */
  readonly unclaimedStops: readonly string[];
}

/**
 * Dispatches that are carried out elsewhere: rows that an executor leaves for workers without a database. A worker knows nothing but the id, which is
 * its credential; every question is answered by what is committed, so an id is dead from the commit on that ended its dispatch (R3).
 */
export interface RemoteDispatches {
  /** Durable when it resolves. The same again does nothing. */
  put(dispatches: readonly Dispatch[]): Promise<void>;
  /** Compare-and-set: one worker gets it, and gets it again when it asks again before its start is committed. */
  claim(dispatchId: string, workerId: string): Promise<Claim>;
  /** @returns undefined for one that is dead. */
  find(dispatchId: string): Promise<LiveDispatch | undefined>;
  /** A sign of life of its worker. @returns what {@link find} does */
  heartbeat(dispatchId: string): Promise<LiveDispatch | undefined>;
  /** Their workers hear of it with their next heartbeat. */
  requestStop(dispatchIds: readonly string[], reason: string): Promise<void>;
  /** Looks at dispatches of an executor; forgets those that have ended. */
  review(dispatchIds: readonly string[], silentMicros: Micros): Promise<DispatchReview>;
  /** The DAG of a run. */
  findDagOfRun(runId: number): Promise<string | undefined>;
}

/** Lines of remote workers, where people read them. */
export interface RemoteLogs {
  /**
   * Adds lines of a dispatch.
   *
   * @param push.from how many lines the worker has pushed before. @returns how many this place has now: with less than it has pushed, the worker goes
   * back to there.
   */
  push(push: {
    readonly dispatchId: string;
    readonly from: number;
    readonly lines: readonly string[];
  }): Promise<number>;
  /** Where the lines of a dispatch are; undefined when none were pushed here. */
  find(dispatchId: string): LogRef | undefined;
  /** Nothing more is pushed. */
  end(dispatchId: string): void;
}

/** Everything that the execution API stands on. */
export interface Execution {
  readonly dispatches: RemoteDispatches;
  readonly logs: RemoteLogs;
  readonly blobs: BlobStore;
  /** Answers what the worker of this dispatch asks, and of no other. */
  callsOf(dispatch: Dispatch): WorkerCalls;
  /** The task of a dispatch, as its version declares it. */
  taskOf(dispatch: Dispatch): Promise<GraphTask>;
  /** R5: durable when it resolves; the owner of the DAG plans it in its next tick. The same report again is harmless. */
  report(dispatch: Dispatch, report: Report): Promise<void>;
}
