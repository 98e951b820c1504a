import type { EngineStore, Executor, InboxMessage, InboxRow, Micros, Report, Run, RunEvent } from "@millrace/core";
import type { Clock } from "../clock.ts";
import type { RunTracer } from "../tracing/tracers.ts";
import type { SchedulerMeter } from "../metrics/scheduler-meter.ts";
import type { ScheduleClock } from "./create-runs.ts";
import type { OwnedDags } from "./owned-dags.ts";
import type { PastReader } from "./past.ts";
import type { RecentResults } from "./recent-results.ts";
import type { Batch } from "./batch.ts";
import type { Flight } from "./flight.ts";
import type { Grants } from "./grants.ts";
import type { RunIdBlock } from "./run-id-block.ts";

/** Events as fields for the engine's log: ids first, past tense, no prose. */
export interface EngineLog {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

/** Places where tests let the process die. Production hands in nothing. */
export type FaultPoint =
  | "beforeCommit"
  | "afterCommit"
  | "beforeDispatch"
  | "afterDispatch"
  | "beforeObligation"
  | "beforeCallback"
  | "afterCallback"
  | "beforeTakeover"
  | "afterTakeover";

/** Everything that a tick works with: ports handed in, and what this scheduler remembers. */
export interface TickState {
  readonly schedulerId: number;
  readonly store: EngineStore;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly log: EngineLog;
  readonly owned: OwnedDags;
  readonly schedule: ScheduleClock;
  readonly past: PastReader;
  readonly results: RecentResults;
  readonly grants: Grants;
  readonly runIds: RunIdBlock;
  readonly mail: Mail;
  readonly meter: SchedulerMeter;
  /** Absent where nobody traces. */
  readonly tracer?: RunTracer;
  /** Dispatches whose inputs are being read before they are sent. */
  readonly sending: Set<string>;
  /** The batch that the database is just committing. */
  flight?: Flight | undefined;
  /** Batches that are planned and not true yet: occupancy counts what they decided (R6). */
  readonly uncommitted: Set<Batch>;
  /** Waits; ends early when the scheduler stops. */
  readonly pause: (ms: number) => Promise<void>;
  /** True, too, once others have taken over. */
  readonly isStopping: () => boolean;
  /** False while the scheduler drains: nothing new starts. */
  readonly takesWork: () => boolean;
  /** Runs something beside the ticks; what it throws is logged. */
  readonly background: (work: Promise<void>, what: string) => void;
  /** Looks for queued instances of a run read anew whose dispatch was committed but never sent (R4). */
  readonly startUnsent: (run: Run) => void;
  /** Called at named points when present. */
  readonly fault?: (point: FaultPoint) => void;
  /** Told of every committed change, for progress on screen. */
  readonly onCommit?: (runs: readonly CommittedRun[]) => void;
}

/** A committed change as listeners get it. */
export interface CommittedRun {
  readonly runId: number;
  readonly dagId: string;
  readonly runKey: string;
  readonly state: string;
  readonly instances: readonly {
    readonly taskId: string;
    readonly mapIndex: number;
    readonly state: string;
    readonly tryNumber: number;
  }[];
}

/** What has arrived since the last tick. */
export class Mail {
  reports: Report[] = [];
  /** Events that the engine itself raised, by run. */
  readonly events = new Map<number, RunEvent[]>();
  /** Inbox rows that wait for a later tick (their run moves to another version first, or has reports to plan). */
  deferred: InboxRow<InboxMessage>[] = [];
  inboxMayHaveRows = true;
  assetsMayHaveEvents = true;
  outboxMayHaveRows = true;
  dagsMayHaveChanged = false;
  /** Time to look at this scheduler's share of DAGs, and of pools. */
  claimDue = false;
  grantsDue = false;
  /** Triggers whose run id or logical date was taken when they were committed. */
  readonly conflicts = new Map<number, { readonly runKey: string; readonly logicalDate: Micros }>();
  /** DAGs that may have unfinished runs which are not in memory. */
  readonly unknownRuns = new Set<string>();
  /** DAGs that failed too often in a row. */
  readonly toPause = new Set<string>();
  /** DAGs whose backfill may go on. */
  readonly backfillsDue = new Set<string>();
  /** DAGs whose queued runs may begin. */
  readonly startable = new Set<string>();

  /** Events that were taken and not planned, or whose plan was not committed. */
  offerAgain(runId: number, events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.kind === "report") this.reports.push(event.report);
      else this.post(runId, event);
    }
  }

  post(runId: number, event: RunEvent): void {
    const known = this.events.get(runId);
    if (known) known.push(event);
    else this.events.set(runId, [event]);
  }
}

/** Dispatches that are over, though no commit says so yet: their end has arrived, or is being committed. */
export function endedDispatches({ mail, flight }: TickState): ReadonlySet<string> {
  const events = [...(flight?.events.values() ?? [])].flat();
  const reports = [...mail.reports, ...events.flatMap((event) => (event.kind === "report" ? [event.report] : []))];
  return new Set(reports.flatMap((report) => (report.kind === "started" ? [] : [report.dispatchId])));
}

/** True while a batch with changes of this run is being committed: what else happens to the run is planned after it. */
export function isInFlight({ flight }: TickState, runId: number): boolean {
  return flight?.batch.runs.has(runId) === true;
}
