import type { Micros } from "../model/instant.ts";

/** Wishes that DAG files be read again although they have not changed, and signs of life of those who do it. */
export interface ParseRequests {
  /** Writes the wish down and wakes the DAG processors. @returns false when it is written down already. */
  ask(file: string): Promise<boolean>;
  /**
   * Takes part as a DAG processor: says that it lives, and looks for wishes.
   *
   * @returns the files asked for
   */
  open(processor: { readonly host: string; readonly pid: number }): Promise<readonly string[]>;
  /** The files were read and saved. */
  done(files: readonly string[]): Promise<void>;
  /** A DAG processor has stopped. */
  leave(processor: { readonly host: string; readonly pid: number }): Promise<void>;
  /** Calls `wake` when there may be wishes, and from time to time. @returns stop */
  listen(wake: () => void): Promise<() => Promise<void>>;
  /** When a DAG processor last said that it lives; undefined when none has, or all have stopped. */
  lastHeartbeat(): Promise<Micros | undefined>;
}
