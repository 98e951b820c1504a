import type { Cause, Outcome } from "@millrace/core";
import type { LogLevel } from "../logs/log-line.ts";

/** Why a try was asked to end before its code did. */
export interface Overrun {
  readonly cause: Cause;
  /** False: it was stopped. */
  readonly timedOut: boolean;
}

/** How a try ended: as its code says, unless it was asked to end. One that was stopped may still succeed, and a sensor may skip at its timeout. */
export function endOfTry(ended: Outcome, overrun: Overrun | undefined): Outcome {
  return overrun === undefined || ended.kind === (overrun.timedOut ? "skipped" : "success")
    ? ended
    : overrunOutcome(overrun);
}

/** The end of a try that was asked to end. */
export function overrunOutcome({ cause, timedOut }: Overrun): Outcome {
  return { kind: "failed", cause, retry: "policy", ...(timedOut ? { timedOut: true } : {}) };
}

/** The last line of the log of a try that did not succeed. */
export function lineOfEnd(outcome: Outcome & { readonly kind: "failed" | "skipped" }): {
  readonly level: LogLevel;
  readonly source: string;
  readonly msg: string;
} {
  const { message, stack } = outcome.cause;
  if (outcome.kind === "skipped") return { level: "info", source: "millrace", msg: `skipped: ${message}` };
  const isTold = stack !== undefined && stack.includes(message);
  const msg = isTold ? stack : `${message}${stack === undefined ? "" : `\n${stack}`}`;
  return { level: "error", source: "millrace", msg };
}
