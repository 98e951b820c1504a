import type { Answer, Command } from "@millrace/core";
import type { FaultPoint } from "@millrace/engine";

/** Where a process dies: at the n-th time that it passes the point, counted from the order. */
export interface Death {
  readonly point: FaultPoint;
  readonly passing: number;
  /** Its PostgreSQL dies first. */
  readonly withPostgres?: boolean;
}

/** How often each point was passed. */
export type Passings = Readonly<Partial<Record<FaultPoint, number>>>;

/** What a test tells the system's process. */
export type ToSystem =
  | { readonly k: "die"; readonly death: Death }
  | { readonly k: "count" }
  | { readonly k: "send"; readonly dagId: string; readonly command: Command };

/** What it hears from there. */
export type FromSystem =
  | { readonly k: "ready" }
  | { readonly k: "passings"; readonly passings: Passings }
  | { readonly k: "answered"; readonly answer: Answer };
