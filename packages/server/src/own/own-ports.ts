import type {
  BackfillAction,
  BackfillWish,
  Command,
  DueRun,
  Graph,
  InstanceRef,
  OwnApiStore,
  Preview,
  RunAtDate,
  Schedule,
  SystemRules,
} from "@millrace/core";

/** What a backfill would do with a date. */
export interface BackfillDate extends DueRun {
  readonly action: BackfillAction;
  readonly run?: RunAtDate;
}

/** A part of the log of a try. */
export interface LogPart {
  /** Lines of JSON, without their ends. */
  readonly lines: readonly string[];
  /** Where to go on; opaque. */
  readonly cursor: unknown;
  /** True when the try has ended and nothing comes any more. */
  readonly isOver: boolean;
}

/** What Millrace's own API needs of the rest of Millrace beside what all APIs need. */
export interface OwnPorts {
  readonly store: OwnApiStore;
  readonly rules: SystemRules;
  /** Tries that this system runs at once. */
  readonly capacity: number;
  /** @throws MillraceError NOT_FOUND */
  readonly loadVersion: (
    dagId: string,
    version: number,
  ) => Promise<{ readonly graph: Graph; readonly graphHash: string; readonly bundleHash: string }>;
  /** @throws MillraceError with the code of the refusal that the command would get */
  readonly previewCommand: (dagId: string, command: Command) => Promise<Preview>;
  readonly previewBackfill: (schedule: Schedule, wish: BackfillWish) => AsyncIterable<BackfillDate>;
  /** Reads on in the log of a try. @param tryNumber absent = the present one */
  readonly readLog: (instance: InstanceRef, tryNumber: number | undefined, cursor: unknown) => Promise<LogPart>;
}
