import type { ErrorCode } from "../errors.ts";
import type { Micros } from "../model/instant.ts";
import type { Report } from "./executor.ts";

/** Which task instances a clear or mark means. */
export interface InstanceSelector {
  /** Absent = all tasks. */
  readonly taskIds?: readonly string[];
  /** Absent = all map indexes. */
  readonly mapIndexes?: readonly number[];
  readonly upstream?: boolean;
  readonly downstream?: boolean;
  readonly onlyFailed?: boolean;
  readonly onlyRunning?: boolean;
}

/**
 * A wish of a person or a program about one DAG. With `ifVersions` it is refused with CHANGED_MEANWHILE unless the run is at one of these versions when the
 * commit of its first step begins (R2).
 */
export type Command =
  | {
      readonly kind: "trigger";
      readonly runKey?: string;
      /** One in the future is waited for. */
      readonly logicalDate?: Micros;
      /** The run does not begin before. Default: its logical date. */
      readonly runAfter?: Micros;
      /** Default: what the DAG's schedule says for the logical date. */
      readonly dataInterval?: { readonly start: Micros; readonly end: Micros };
      /** JSON text of an object. */
      readonly conf?: string;
      readonly note?: string;
    }
  | {
      readonly kind: "clear";
      readonly runKey: string;
      readonly ifVersions?: readonly number[];
      readonly select: InstanceSelector;
      readonly version: "newest" | "same";
      /** The backfill that wants it, once: the run belongs to it from then on. */
      readonly backfillId?: number;
      /** An ended run stays ended: what was cleared runs when somebody marks the run `queued`. */
      readonly keepRunState?: true;
    }
  | {
      readonly kind: "markTasks";
      readonly runKey: string;
      readonly ifVersions?: readonly number[];
      readonly select: InstanceSelector;
      readonly state: "success" | "failed" | "skipped";
    }
  | {
      readonly kind: "markRun";
      readonly runKey: string;
      readonly ifVersions?: readonly number[];
      readonly state: "success" | "failed" | "queued";
    }
  /** Removes a run with all that it has. One that has not ended is stopped first, and nobody is called back. */
  | { readonly kind: "deleteRun"; readonly runKey: string; readonly ifVersions?: readonly number[] }
  | { readonly kind: "pause"; readonly paused: boolean };

/** What is sent to the owner of a DAG: a command, or what a remote worker says of its dispatch. */
export type InboxMessage = Command | { readonly kind: "report"; readonly report: Report };

/** What became of a command. */
export type Answer =
  | {
      readonly ok: true;
      readonly runKey?: string;
      readonly runId?: number;
      readonly version?: number;
      readonly changed?: number;
      readonly logicalDate?: Micros;
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };
