import { createHash } from "node:crypto";

/** What a run is known by outside of one database. */
export interface TracedRun {
  readonly dagId: string;
  readonly runKey: string;
  readonly runId: number;
}

/**
 * The trace of a run: the same wherever and whenever it is asked for, so that tries on other machines, and those after a restart, join it.
 *
 * @param system tells installations apart that have runs of the same names.
 */
export function traceIdOf({ dagId, runKey, runId }: TracedRun, system: string): string {
  return hash(["trace", system, dagId, runKey, String(runId)], 32);
}

/** The span of a run itself. A cleared run ends again, with another span in the same trace. */
export function runSpanId(traceId: string, clearNumber: number): string {
  return hash(["run", traceId, String(clearNumber)], 16);
}

/** The span of a try. */
export function trySpanId(traceId: string, tryId: string): string {
  return hash(["try", traceId, tryId], 16);
}

/** Whether a trace is kept; every process decides alike, without asking. @param ratio 0 to 1. */
export function isSampled(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(0, 8), 16) < ratio * 0x1_0000_0000;
}

function hash(parts: readonly string[], chars: number): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, chars);
}
