import { secondsBetween } from "../../time/format-time.model.ts";

/** What a bar needs of a run. */
export interface BarRun {
  readonly runId: number;
  readonly runKey: string;
  readonly state: "queued" | "running" | "success" | "failed";
  readonly logicalDate: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** A run as a bar. */
export interface RunBar {
  readonly run: BarRun;
  /** How long it took, or takes until now; undefined before its start. */
  readonly seconds: number | undefined;
  /** From 0 to 1; never so low that it cannot be seen or pointed at. */
  readonly height: number;
}

const LOWEST = 0.2;

/** Bars of runs that come newest first, oldest first; the longest is as high as there is room. */
export function barsOf(newestFirst: readonly BarRun[], nowMs: number): readonly RunBar[] {
  const timed = [...newestFirst]
    .reverse()
    .map((run) => ({ run, seconds: secondsBetween(run.startedAt, run.endedAt, nowMs) }));
  const longest = Math.max(...timed.map(({ seconds }) => seconds ?? 0));
  return timed.map(({ run, seconds }) => ({
    run,
    seconds,
    height: longest === 0 ? LOWEST : Math.max(LOWEST, (seconds ?? 0) / longest),
  }));
}
