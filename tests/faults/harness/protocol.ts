import type { Answer } from "@millrace/core";
import type { FaultPoint } from "@millrace/engine";

/** Where a process dies: at the n-th time that it passes the point, counted from the order. */
export interface Death {
  readonly point: FaultPoint;
  readonly passing: number;
  /** Its PostgreSQL dies first. */
  readonly withPostgres?: boolean;
  /** Counts only from this event of the engine's log on. */
  readonly afterEvent?: string;
}

/** How often each point was passed. */
export type Passings = Readonly<Partial<Record<FaultPoint, number>>>;

/** What a test tells the system's process. */
export type ToSystem =
  | { readonly k: "die"; readonly death: Death }
  | { readonly k: "count" }
  | { readonly k: "trigger"; readonly dagId: string; readonly runKey: string };

/** What it hears from there. */
export type FromSystem =
  | { readonly k: "ready" }
  | { readonly k: "passings"; readonly passings: Passings }
  | { readonly k: "triggered"; readonly answer: Answer };
