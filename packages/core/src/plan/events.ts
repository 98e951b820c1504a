import type { Report } from "../ports/executor.ts";
import type { InstanceSelector } from "../ports/commands.ts";

/** What happened to one run since its last version. The owner gives a plan all events of a tick at once. */
export type RunEvent =
  /** A worker or the executor says something of a dispatch (R3). */
  | { readonly kind: "report"; readonly report: Report }
  /** Limits allow the run to begin. */
  | { readonly kind: "start" }
  /** A time that the run waits for may have come. */
  | { readonly kind: "due" }
  /** The previous run's instances have moved on. */
  | { readonly kind: "past" }
  /** Nothing new: the next step of what the run promised (R1). */
  | { readonly kind: "goOn" }
  /** Counters were derived anew: look at everything. */
  | { readonly kind: "evaluate" }
  | {
      readonly kind: "clear";
      readonly select: InstanceSelector;
      readonly by: string;
      readonly backfillId?: number;
      readonly keepRunState?: true;
    }
  | {
      readonly kind: "markTasks";
      readonly select: InstanceSelector;
      readonly state: "success" | "failed" | "skipped";
      readonly by: string;
    }
  | { readonly kind: "markRun"; readonly state: "success" | "failed" | "queued"; readonly by: string };

/** Why an event changed nothing. */
export interface Refusal {
  readonly event: RunEvent;
  readonly code: "DISPATCH_DEAD" | "NOT_FOUND" | "CONFLICT";
  readonly message: string;
}
