import type { Micros } from "../model/instant.ts";
import type { StoredValue } from "../plan/changes.ts";

/** What templates and bodies may know of the last successful run before theirs. */
export interface PreviousSuccess {
  readonly logicalDate: Micros;
  readonly intervalStart: Micros;
  readonly intervalEnd: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
}

/** Values of a task by the logical date of their run. */
export interface DatedResultsQuestion {
  readonly dagId: string;
  readonly taskId: string;
  /** Default: the result. */
  readonly key?: string;
  /** Default: all instances. */
  readonly mapIndex?: number;
  readonly logicalDate: Micros;
  /** Also an earlier run: the latest that has any, of the 1 000 before. */
  readonly orBefore: boolean;
}

/** What a task left in one run, in index order. */
export interface DatedResults {
  readonly values: readonly StoredValue[];
  readonly isMapped: boolean;
}
