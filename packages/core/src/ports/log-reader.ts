import type { Micros } from "../model/instant.ts";
import type { InstanceRef, TaskTry } from "./queries.ts";

/** A line of a try's log. */
export interface TryLogLine {
  /** Where it was written; empty while nobody knows. */
  readonly host: string;
  readonly at: Micros;
  readonly level: string;
  readonly source: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Reads what tries have logged. */
export interface LogReader {
  /**
   * The lines that are there now, oldest first, from the `skip`-th on. Of a try that runs on this machine they are there within a second.
   */
  readTry(instance: InstanceRef, attempt: TaskTry, skip: number): AsyncIterable<TryLogLine>;
}
