import type { Connection, ConnectionType } from "@millrace/core";
import type { Network } from "../network/guarded-network.ts";

/** What a trial may use. */
export interface TrialTools {
  readonly network: Network;
  /** Fires when the trial has taken too long, or nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** Connects and logs in as a connection says. @returns what was reached and as whom. @throws what failed, as a sentence */
export type Trial = (connection: Connection, tools: TrialTools) => Promise<string>;

/** A type of connections with the way to try it. */
export interface KnownType extends Omit<ConnectionType, "canTest"> {
  /** Absent: its host and port are tried. */
  readonly trial?: Trial;
  /** Port where a connection names none. */
  readonly defaultPort?: number;
}
