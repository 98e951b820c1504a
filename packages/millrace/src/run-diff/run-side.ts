import type { Graph, Micros, RunState, RunType, StoredValue, TaskState } from "@millrace/core";
import type { Json } from "./diff-json.ts";

/** A task instance of a run that is compared. */
export interface InstanceSide {
  readonly taskId: string;
  /** -1 = not mapped. */
  readonly mapIndex: number;
  readonly state: TaskState;
  readonly tryNumber: number;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
  /** In a sentence. */
  readonly cause?: string;
  /** Absent when it has none, or has not been read. */
  readonly result?: StoredValue;
}

/** A run that is compared, with all that is compared of it. */
export interface RunSide {
  readonly dagId: string;
  readonly runKey: string;
  readonly runType: RunType;
  readonly state: RunState;
  readonly dagVersion: number;
  readonly logicalDate: Micros;
  readonly startedAt?: Micros;
  readonly endedAt?: Micros;
  readonly triggeredBy: string;
  readonly cause?: string;
  readonly conf: Json;
  /** Values of the DAG's params in this run. */
  readonly params: Json;
  /** Of its version; absent when that is not kept any more. */
  readonly graph?: Graph;
  /** The DAG file of its version. */
  readonly source?: string;
  readonly instances: readonly InstanceSide[];
  /** Mapped tasks of which only so many results were read. */
  readonly resultsCut: boolean;
}
